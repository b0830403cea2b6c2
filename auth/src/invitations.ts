import { ParleyError } from '@parley/common/contracts';
import type { Clock } from '@parley/common/server';
import type { PoolClient } from 'pg';
import type { PrismaClient } from './database.ts';
import { fingerprint, linkToken } from './secrets.ts';

export type Invitations = ReturnType<typeof createInvitations>;

/** Links that let one person each make an account. Only their fingerprints are kept. */
export function createInvitations(prisma: PrismaClient, clock: Clock) {
  const refused = () => new ParleyError('invite-invalid');
  return {
    async make(lifeMs: number): Promise<string> {
      const token = linkToken();
      const madeAt = new Date(clock.now());
      await prisma.invitation.create({
        data: { tokenHash: fingerprint(token), madeAt, expiresAt: new Date(clock.now() + lifeMs) },
      });
      return token;
    },
    /** Before the work of hashing a password; whether it is still good is decided by `use`. */
    async check(token: string | undefined): Promise<void> {
      const row = token === undefined ? null : await prisma.invitation.findUnique({ where: { tokenHash: fingerprint(token) } });
      if (!row || row.usedAt || row.expiresAt.getTime() <= clock.now()) throw refused();
    },
    /** In the transaction that makes the account: of two who hold the same link, one gets in. */
    async use(client: PoolClient, token: string | undefined): Promise<void> {
      const { rowCount } = await client.query(
        'UPDATE invitations SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2',
        [fingerprint(token ?? ''), new Date(clock.now())],
      );
      if (rowCount !== 1) throw refused();
    },
  };
}

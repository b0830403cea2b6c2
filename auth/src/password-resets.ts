import { ParleyError } from '@parley/common/contracts';
import type { Clock, Logger } from '@parley/common/server';
import type { PoolClient } from 'pg';
import type { Account, PrismaClient } from './database.ts';
import type { Links } from './links.ts';
import type { Mail } from './mail.ts';
import { emailName } from './names.ts';
import { fingerprint, linkToken } from './secrets.ts';

/** A mailed link; one that an operator makes may lie in a chat for longer. */
const MAILED_LIFE_MS = 60 * 60_000;

export interface PasswordResetsOptions {
  readonly prisma: PrismaClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly mail: Mail | undefined;
  readonly links: Links;
}

export type PasswordResets = ReturnType<typeof createPasswordResets>;

/** Links that let their holder set a new password, once. Only their fingerprints are kept. */
export function createPasswordResets({ prisma, clock, log, mail, links }: PasswordResetsOptions) {
  const pending = new Set<Promise<void>>();

  const make = async (accountId: string, lifeMs: number): Promise<string> => {
    const token = linkToken();
    const now = clock.now();
    await prisma.passwordReset.create({
      data: { tokenHash: fingerprint(token), accountId, madeAt: new Date(now), expiresAt: new Date(now + lifeMs) },
    });
    return token;
  };

  /** To the address as the account has it, not as it was asked for: two that look alike to us may be two mailboxes. */
  const mailLink = async (sender: Mail, emailKey: string) => {
    const row = await prisma.account.findUnique({ where: { emailKey } });
    if (!row || row.disabledAt) return;
    await sender.send(row.email, resetMail(row, links.passwordReset(await make(row.id, MAILED_LIFE_MS))));
  };

  return {
    make,

    /** Answered before anything is looked up, so that neither answer nor time tell whether there is such an account. */
    request(email: string): void {
      if (!mail) throw new ParleyError('unavailable');
      const key = emailName(email)?.key;
      if (key === undefined) return;
      const sending = mailLink(mail, key)
        .catch((error: unknown) => log.error({ error }, 'a reset link could not be mailed'))
        .finally(() => pending.delete(sending));
      pending.add(sending);
    },

    /** Before the work of hashing; whether the link is still good is decided by `use`. */
    async ownerOf(token: string): Promise<Account> {
      const row = await prisma.passwordReset.findUnique({ where: { tokenHash: fingerprint(token) }, include: { account: true } });
      if (!row || row.expiresAt.getTime() <= clock.now()) throw new ParleyError('link-expired');
      return row.account;
    },

    async use(client: PoolClient, token: string): Promise<void> {
      const { rowCount } = await client.query('DELETE FROM password_resets WHERE token_hash = $1 AND expires_at > $2', [
        fingerprint(token),
        new Date(clock.now()),
      ]);
      if (rowCount !== 1) throw new ParleyError('link-expired');
    },

    /** Lets go out what was promised. */
    async [Symbol.asyncDispose]() {
      await Promise.all(pending);
    },
  };
}

const resetMail = ({ userName }: Account, link: string) => ({
  subject: 'Set a new password for Parley',
  text: `Hello ${userName},

somebody, probably you, asked for a new password for your account on Parley. This link sets one; it works once, for an hour:

${link}

If it was not you, nothing needs to be done: your password stays as it is.
`,
});

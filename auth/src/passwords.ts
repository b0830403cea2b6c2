import { ParleyError } from '@parley/common/contracts';
import type { Caller } from '@parley/common/server';
import type { AccountChanges, LockedAccount } from './account-changes.ts';
import type { Account, PrismaClient } from './database.ts';
import type { PasswordHashes } from './password-hashes.ts';
import type { PasswordResets } from './password-resets.ts';
import { preparePassword, readPassword } from './password-rules.ts';
import { accountOf } from './sessions.ts';

export interface PasswordsOptions {
  readonly prisma: PrismaClient;
  readonly changes: AccountChanges;
  readonly hashes: PasswordHashes;
  readonly resets: PasswordResets;
}

export type Passwords = ReturnType<typeof createPasswords>;

export function createPasswords({ prisma, changes, hashes, resets }: PasswordsOptions) {
  /** Whose session it is, once they have shown that they also know the password. */
  const prove = async (caller: Caller, password: string): Promise<Account> => {
    const row = await accountOf(prisma, caller);
    if (!(await hashes.verify(preparePassword(password), row.passwordHash))) throw new ParleyError('wrong-password');
    return row;
  };

  /** Also every link that could have changed it is spent. The instant always grows, because it tells one password from the next. */
  const set = async ({ row, client, at }: LockedAccount, passwordHash: string) => {
    await client.query(
      `UPDATE accounts SET password_hash = $2, password_changed_at = greatest($3, password_changed_at + interval '1 millisecond') WHERE id = $1`,
      [row.id, passwordHash, at],
    );
    await client.query('DELETE FROM password_resets WHERE account_id = $1', [row.id]);
  };

  return {
    prove,

    async change(caller: Caller, current: string, next: string): Promise<void> {
      const row = await prove(caller, current);
      const passwordHash = await hashes.hash(readPassword(next, row, 'next'));
      await changes.changeOwn(caller, async (account) => {
        if (!isSamePassword(account.row, row)) throw new ParleyError('wrong-password');
        await set(account, passwordHash);
        await account.endSessions({ but: caller.sessionId }, 'password-changed');
      });
    },

    /** Whoever holds the link decides the password; whoever knew the old one is out. */
    async reset(token: string, password: string): Promise<void> {
      const row = await resets.ownerOf(token);
      const passwordHash = await hashes.hash(readPassword(password, row));
      await changes.change(row.id, async (account) => {
        await resets.use(account.client, token);
        await set(account, passwordHash);
        await account.endSessions('all', 'password-changed');
      });
    },
  };
}

/** Whether a password that was compared outside the lock is still the one. A rehash of the same does not count. */
export const isSamePassword = (one: Account, other: Account): boolean =>
  one.passwordChangedAt.getTime() === other.passwordChangedAt.getTime();

import { ParleyError } from '@parley/common/contracts';
import type { Caller } from '@parley/common/server';
import type { AccountChanges } from './account-changes.ts';
import { isSamePassword, type Passwords } from './passwords.ts';

export type AccountEndings = ReturnType<typeof createAccountEndings>;

export function createAccountEndings(changes: AccountChanges, passwords: Passwords) {
  return {
    /** For good: nothing of the account stays but the fact that it is gone. */
    async delete(caller: Caller, password: string): Promise<void> {
      const row = await passwords.prove(caller, password);
      await changes.changeOwn(caller, async (account) => {
        if (!isSamePassword(account.row, row)) throw new ParleyError('wrong-password');
        await account.endSessions('all', 'account-deleted');
        account.record('user.deleted', {});
        await account.client.query('DELETE FROM accounts WHERE id = $1', [row.id]);
      });
    },
  };
}

/** Nobody gets in, and whoever is in gets out; everything else of the account stays. */
export const disableAccount = (changes: AccountChanges, userId: string): Promise<void> =>
  changes.change(userId, async (account) => {
    await account.client.query('UPDATE accounts SET disabled_at = coalesce(disabled_at, $2) WHERE id = $1', [userId, account.at]);
    await account.endSessions('all', 'account-disabled');
  });

export const enableAccount = (changes: AccountChanges, userId: string): Promise<void> =>
  changes.change(userId, async (account) => {
    await account.client.query('UPDATE accounts SET disabled_at = NULL WHERE id = $1', [userId]);
  });

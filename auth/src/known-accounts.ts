import type { authRoutes, Output } from '@parley/common/contracts';
import type { Pool } from 'pg';

/** Those of them that exist, and those that did: of a deleted account the fact that it is gone stays. */
export async function knownAccounts(database: Pool, userIds: readonly string[]): Promise<Output<typeof authRoutes.knownAccounts>> {
  const { rows } = await database.query<{ id: string; gone: boolean }>(
    `SELECT id, false AS gone FROM accounts WHERE id = ANY ($1::uuid[])
     UNION ALL SELECT key, true FROM outbox WHERE key = ANY ($1::uuid[]) AND name = 'user.deleted'`,
    [userIds],
  );
  const those = (gone: boolean) => rows.filter((row) => row.gone === gone).map(({ id }) => id);
  return { known: those(false), gone: those(true) };
}

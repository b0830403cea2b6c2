import { transaction } from '@parley/common/database';
import type { Pool } from 'pg';

/** Erases whatever is kept of these people; only that they are gone stays, so that nothing that comes late brings them back. */
export async function forgetPeople(database: Pool, userIds: readonly string[]): Promise<void> {
  if (userIds.length === 0) return;
  const ids = [...new Set(userIds)].sort();
  await transaction(database, async (client) => {
    await client.query('INSERT INTO gone_people (user_id) SELECT unnest($1::uuid[]) ON CONFLICT DO NOTHING', [ids]);
    await client.query('SELECT FROM presence WHERE user_id = ANY($1::uuid[]) ORDER BY user_id FOR UPDATE', [ids]);
    await client.query('DELETE FROM presence WHERE user_id = ANY($1::uuid[])', [ids]);
    await client.query('DELETE FROM account_events WHERE user_id = ANY($1::uuid[])', [ids]);
    await client.query('DELETE FROM push_subscriptions WHERE user_id = ANY($1::uuid[])', [ids]);
    await client.query('DELETE FROM preferences WHERE user_id = ANY($1::uuid[])', [ids]);
  });
}

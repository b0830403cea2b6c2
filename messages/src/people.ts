import type { Bus } from '@parley/common/bus';
import { lastingQueues } from '@parley/common/contracts';
import { asHearing, transaction } from '@parley/common/database';
import type { Pool } from 'pg';
import type { Closing } from './commands.ts';
import { type Applying, apply } from './consumers.ts';

const BATCH = 200;
/** Conversations that are closed in one go. */
const CLOSING = 200;

/** Who exists, and who no longer does. */
export const hearPeople = (bus: Bus, database: Pool, applying: Applying) =>
  bus.hear({
    kind: 'shared',
    queue: 'messages',
    names: lastingQueues.messages,
    batch: BATCH,
    handle: async (batch) => {
      try {
        await register(
          database,
          batch.filter(({ name }) => name === 'user.registered').map(({ data }) => data.userId),
        );
        for (const { name, data } of batch) if (name === 'user.deleted') await remove(database, data.userId, data.at, applying);
      } catch (error) {
        throw asHearing(error);
      }
    },
  });

/** Who is gone stays gone, whatever comes late. */
export async function register(database: Pool, userIds: readonly string[], goneAt: string | null = null) {
  if (userIds.length === 0) return;
  await database.query(
    'INSERT INTO people (user_id, gone_at) SELECT DISTINCT unnest($1::uuid[]), $2::timestamptz ORDER BY 1 ON CONFLICT DO NOTHING',
    [userIds, goneAt],
  );
}

/**
 * First that nothing new is stored for them; then their conversations are closed for the others, who keep them. Safe to
 * repeat, and repeated until all of it is done.
 */
async function remove(database: Pool, userId: string, at: string, applying: Applying) {
  await leave(database, userId, at);
  for (let after = FIRST; ; ) {
    const closings = await closingsOf(database, userId, after);
    await apply(closings, applying);
    const last = closings.at(-1);
    if (!last) break;
    after = last.data.conversationId;
  }
  await forget(database, userId);
}

/** Waits for whoever is just beginning a conversation with them, which holds their row: it will be among those to close. */
async function leave(database: Pool, userId: string, at: string) {
  await register(database, [userId]);
  await transaction(database, async (client) => {
    await client.query('SELECT FROM people WHERE user_id = $1 FOR UPDATE', [userId]);
    await client.query(
      'UPDATE people SET gone_at = coalesce(gone_at, $2), only_answered = false, read_receipts = true WHERE user_id = $1',
      [userId, at],
    );
  });
}

const FIRST = '00000000-0000-0000-0000-000000000000';

/** Also of those that are closed: an earlier attempt may have closed them and not come to tell it. */
async function closingsOf(database: Pool, userId: string, after: string): Promise<Closing[]> {
  const { rows } = await database.query<{ conversation_id: string; peer_id: string }>(
    `SELECT m.conversation_id, m.peer_id FROM members m JOIN conversations c ON c.conversation_id = m.conversation_id
     WHERE m.user_id = $1 AND m.conversation_id > $2 ORDER BY m.conversation_id LIMIT $3`,
    [userId, after, CLOSING],
  );
  return rows.map(({ conversation_id, peer_id }) => ({
    name: 'conversation.closed',
    data: { conversationId: conversation_id, senderId: userId, peerId: peer_id, clientId: userId },
    again: true,
  }));
}

/** What only they had decided and only they could see. */
async function forget(database: Pool, userId: string) {
  await transaction(database, async (client) => {
    await client.query(
      `UPDATE members SET pinned = false, archived = false, muted_until = NULL, marked_unread = false, blocked = false WHERE user_id = $1`,
      [userId],
    );
    await client.query(
      'DELETE FROM hidden h USING members m WHERE m.user_id = $1 AND h.conversation_id = m.conversation_id AND h.user_id = $1',
      [userId],
    );
  });
}

import { conversationIdOf, membersOf, ParleyError } from '@parley/common/contracts';
import { type Outbox, transaction } from '@parley/common/database';
import { type Clock, instant } from '@parley/common/server';
import type { Pool, PoolClient } from 'pg';
import { readConversation } from './conversations.ts';
import type { MemberRow } from './member-rows.ts';

export type SettingsEvent = 'settings.changed' | 'person.blocked' | 'person.unblocked';
export type Change = Partial<{ [K in 'pinned' | 'archived' | 'markedUnread' | 'blocked']: boolean } & { mutedUntil: string | null }>;

export interface Deciding {
  readonly database: Pool;
  readonly outbox: Outbox<SettingsEvent>;
  readonly clock: Clock;
}

/** One person decides about one conversation, which need not have begun. What changes nothing is told to nobody. */
export async function decide(userId: string, peerId: string, change: Change, { database, outbox, clock }: Deciding) {
  const now = clock.now();
  const result = await transaction(database, async (client) => {
    await begin(client, userId, peerId);
    const row = await write(client, userId, peerId, change);
    const { settings, settingsVersion, unread, conversationId } = await readConversation(client, userId, peerId, now);
    if (!row) return { settings, settingsVersion };
    const data = { userId, conversationId, peerId, settings, settingsVersion, unread };
    await outbox.append(client, [{ name: 'settings.changed', data }]);
    if (change.blocked !== undefined) {
      const name = change.blocked ? 'person.blocked' : 'person.unblocked';
      await outbox.append(client, [{ name, data: { userId, peerId, number: settingsVersion, at: instant(now) } }]);
    }
    return { settings, settingsVersion };
  });
  outbox.wake();
  return result;
}

/**
 * The conversation's row is locked first, as by the store: what is decided holds for every message stored after it. One
 * that nobody wrote in has no row, and whoever begins it waits for these of its members.
 */
async function begin(client: PoolClient, userId: string, peerId: string) {
  const { rowCount } = await client.query('SELECT FROM people WHERE user_id = $1', [peerId]);
  if (rowCount === 0) throw new ParleyError('person-not-found');
  const id = conversationIdOf(userId, peerId);
  await client.query('SELECT FROM conversations WHERE conversation_id = $1 FOR NO KEY UPDATE', [id]);
  await client.query('INSERT INTO members (conversation_id, user_id, peer_id) VALUES ($1, $2, $3), ($1, $3, $2) ON CONFLICT DO NOTHING', [
    id,
    ...membersOf(userId, peerId),
  ]);
}

async function write(client: PoolClient, userId: string, peerId: string, change: Change): Promise<MemberRow | undefined> {
  const { rows } = await client.query<MemberRow>(
    `UPDATE members m SET pinned = n.pinned, archived = n.archived, marked_unread = n.marked_unread, blocked = n.blocked,
       muted_until = n.muted_until, settings_version = m.settings_version + 1
     FROM (SELECT conversation_id, user_id, coalesce($3, pinned) AS pinned, coalesce($4, archived) AS archived,
         coalesce($5, marked_unread) AS marked_unread, coalesce($6, blocked) AS blocked,
         CASE WHEN $7 THEN $8::timestamptz ELSE muted_until END AS muted_until
       FROM members WHERE conversation_id = $1 AND user_id = $2) n
     WHERE m.conversation_id = n.conversation_id AND m.user_id = n.user_id
       AND (m.pinned, m.archived, m.marked_unread, m.blocked, m.muted_until)
         IS DISTINCT FROM (n.pinned, n.archived, n.marked_unread, n.blocked, n.muted_until)
     RETURNING m.*`,
    [
      conversationIdOf(userId, peerId),
      userId,
      change.pinned,
      change.archived,
      change.markedUnread,
      change.blocked,
      change.mutedUntil !== undefined,
      change.mutedUntil ?? null,
    ],
  );
  return rows[0];
}

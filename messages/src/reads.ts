import { conversationIdOf, type Input, type messageRoutes, type Output, uuidv7 } from '@parley/common/contracts';
import type { Pool } from 'pg';
import { type Applying, apply } from './consumers.ts';
import { unread } from './conversations.ts';
import { capped } from './member-rows.ts';

type Route = typeof messageRoutes.readConversations;

/** As if a device had read so far: through the same function, and told to the same devices. */
export async function markRead(database: Pool, { userId, reads }: Input<Route>, applying: Applying): Promise<Output<Route>> {
  const others = reads.filter(({ peerId }) => peerId !== userId);
  await apply(
    others.map(({ peerId, seq }) => {
      const conversationId = conversationIdOf(userId, peerId);
      return { name: 'message.read', data: { clientId: uuidv7(), conversationId, senderId: userId, peerId, deviceId: '', seq } };
    }),
    applying,
  );
  const { rows } = await database.query<{ conversation_id: string; peer_id: string; version: number; unread: number }>({
    name: 'read',
    text: `SELECT v.conversation_id, v.peer_id, v.version, ${unread} AS unread FROM conversations_of v
      WHERE v.user_id = $1 AND v.conversation_id = ANY ($2::uuid[])`,
    values: [userId, others.map(({ peerId }) => conversationIdOf(userId, peerId))],
  });
  return {
    conversations: rows.map((row) => ({
      conversationId: row.conversation_id,
      peerId: row.peer_id,
      version: row.version,
      unread: capped(row.unread),
    })),
  };
}

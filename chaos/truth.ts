import type { Reaction } from '@parley/common/contracts';
import type { Pool } from 'pg';

export interface StoredMessage {
  readonly conversationId: string;
  readonly seq: number;
  readonly id: string;
  readonly senderId: string;
  readonly clientId: string;
  readonly text: string | null;
  readonly edited: boolean;
}

/** A message with all that people have done to it. */
export interface StoredRow extends StoredMessage {
  readonly deleted: boolean;
  readonly reactions: readonly Reaction[];
  /** Who deleted it for themselves. */
  readonly hiddenFor: readonly string[];
}

export interface StoredConversation {
  readonly conversationId: string;
  readonly members: readonly [string, string];
  readonly lastSeq: number;
  /** By person, counted message by message. */
  readonly unread: Readonly<Record<string, number>>;
  readonly marks: Readonly<Record<string, StoredMarks>>;
}

/** How far one person is. */
export interface StoredMarks {
  readonly read: number;
  readonly delivered: number;
  /** The last message of the other that they may see. */
  readonly last: number;
}

/** What the store holds in the end, read around the platform. */
export async function readTruth(database: Pool): Promise<{ messages: StoredRow[]; conversations: StoredConversation[] }> {
  const messages = await database.query<StoredRow>(
    `SELECT conversation_id AS "conversationId", seq, id, sender_id AS "senderId", client_id AS "clientId",
       content->>'text' AS text, edited_at IS NOT NULL AS edited, deleted_at IS NOT NULL AS deleted,
       coalesce(reactions, '[]') AS reactions,
       ARRAY(SELECT h.user_id::text FROM hidden h WHERE h.conversation_id = m.conversation_id AND h.seq = m.seq) AS "hiddenFor"
     FROM messages m ORDER BY conversation_id, seq`,
  );
  return { messages: messages.rows, conversations: await readConversations(database) };
}

export async function readConversations(database: Pool): Promise<StoredConversation[]> {
  const { rows } = await database.query<{
    conversationId: string;
    first: string;
    second: string;
    lastSeq: number;
    unread: [number, number];
    marks: [StoredMarks, StoredMarks];
  }>(
    `SELECT c.conversation_id AS "conversationId", c.first_id AS first, c.second_id AS second, c.last_seq AS "lastSeq",
       ARRAY[${unreadBy('first', 'second')}, ${unreadBy('second', 'first')}]::integer[] AS unread,
       json_build_array(${marksOf('first', 'second')}, ${marksOf('second', 'first')}) AS marks
     FROM conversations c`,
  );
  return rows.map(({ conversationId, first, second, lastSeq, unread, marks }) => ({
    conversationId,
    members: [first, second],
    lastSeq,
    unread: { [first]: unread[0], [second]: unread[1] },
    marks: { [first]: marks[0], [second]: marks[1] },
  }));
}

const seenBy = (me: string, peer: string) => `m.conversation_id = c.conversation_id AND m.sender_id = c.${peer}_id
  AND NOT m.withheld AND NOT EXISTS (
    SELECT FROM hidden h WHERE h.conversation_id = m.conversation_id AND h.user_id = c.${me}_id AND h.seq = m.seq)`;
const unreadBy = (me: string, peer: string) =>
  `(SELECT count(*) FROM messages m WHERE ${seenBy(me, peer)} AND m.seq > c.${me}_read AND m.deleted_at IS NULL)`;
const marksOf = (me: string, peer: string) => `json_build_object('read', c.${me}_read, 'delivered', c.${me}_delivered,
  'last', (SELECT coalesce(max(m.seq), 0) FROM messages m WHERE ${seenBy(me, peer)}))`;

/** Asks, the moment that somebody sees a tick, whether that message is stored at that place. */
export function createWitness(database: Pool, onMissing: (tick: Tick) => void) {
  let waiting: Tick[] = [];
  let asking: Promise<void> | undefined;
  const ask = async () => {
    while (waiting.length > 0) {
      const ticks = waiting.splice(0);
      // While the store itself is away nothing can be said of what it holds.
      const found = await database
        .query<{ id: string; seq: number }>('SELECT id, seq FROM messages WHERE id = ANY ($1::uuid[])', [ticks.map(({ id }) => id)])
        .catch(() => undefined);
      const stored = new Map(found?.rows.map(({ id, seq }) => [id, seq]));
      if (found) for (const tick of ticks) if (stored.get(tick.id) !== tick.seq) onMissing(tick);
    }
    asking = undefined;
  };
  return {
    saw(tick: Tick) {
      waiting.push(tick);
      asking ??= ask();
    },
    async over() {
      await asking;
      waiting = [];
    },
  };
}

export interface Tick {
  readonly id: string;
  readonly seq: number;
  readonly clientId: string;
}

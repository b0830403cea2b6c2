import { conversationIdOf, type Input, membersOf, type messageRoutes, type Page } from '@parley/common/contracts';
import type { Pool } from 'pg';
import { type MessageRow, messageColumns, toMessage } from './rows.ts';

type Asked = Omit<Input<typeof messageRoutes.history>, 'peerId'>;

/** How far both people are, to one of them: their own marks as they are, the other's as far as they are shown. */
export interface MarksRow {
  readonly first_delivered: number;
  readonly first_read: number;
  readonly first_shown_delivered: number;
  readonly first_shown_read: number;
  readonly second_delivered: number;
  readonly second_read: number;
  readonly second_shown_delivered: number;
  readonly second_shown_read: number;
}

export function marksFor(viewerId: string, [first, second]: readonly [string, string], row: MarksRow): Page['marks'] {
  const own = (delivered: number, read: number) => ({ delivered, read });
  return {
    [first]: viewerId === first ? own(row.first_delivered, row.first_read) : own(row.first_shown_delivered, row.first_shown_read),
    [second]: viewerId === second ? own(row.second_delivered, row.second_read) : own(row.second_shown_delivered, row.second_shown_read),
  };
}

/** One statement, so that everything on the page is of one moment. */
const select = `
  SELECT i.epoch, c.version - CASE WHEN c.first_id = $2 THEN c.first_behind ELSE c.second_behind END AS version, CASE WHEN c.first_id = $2 THEN c.first_last ELSE c.second_last END AS last_seq,
    c.first_delivered, c.first_read, c.first_shown_delivered, c.first_shown_read,
    c.second_delivered, c.second_read, c.second_shown_delivered, c.second_shown_read,
    before.rows AS before, after.rows AS after
  FROM installation i LEFT JOIN conversations c ON c.conversation_id = $1
    LEFT JOIN LATERAL (SELECT json_agg(p) AS rows FROM (
      SELECT ${messageColumns}, h.seq IS NOT NULL AS hidden FROM messages m
        LEFT JOIN hidden h ON h.conversation_id = m.conversation_id AND h.user_id = $2 AND h.seq = m.seq
      WHERE m.conversation_id = $1 AND m.seq < $3 AND (NOT m.withheld OR m.sender_id = $2)
      ORDER BY m.seq DESC LIMIT $4) p) before ON $4 > 0
    LEFT JOIN LATERAL (SELECT json_agg(p) AS rows FROM (
      SELECT ${messageColumns}, h.seq IS NOT NULL AS hidden FROM messages m
        LEFT JOIN hidden h ON h.conversation_id = m.conversation_id AND h.user_id = $2 AND h.seq = m.seq
      WHERE m.conversation_id = $1 AND m.seq > $5 AND (NOT m.withheld OR m.sender_id = $2)
      ORDER BY m.seq LIMIT $6) p) after ON $6 > 0`;

type Listed = MessageRow & { readonly hidden: boolean };
interface PageRow extends MarksRow {
  readonly epoch: string;
  readonly version: number | null;
  readonly last_seq: number;
  readonly before: Listed[] | null;
  readonly after: Listed[] | null;
}

const END = 2_147_483_647;

/** A stretch of a conversation as one of its people sees it. */
export async function readPage(database: Pool, viewerId: string, peerId: string, asked: Asked): Promise<Page> {
  const conversationId = conversationIdOf(viewerId, peerId);
  const { below, belowCount, above, aboveCount } = stretchOf(asked);
  const { rows } = await database.query<PageRow>({
    name: 'page',
    text: select,
    // One more on each side tells whether there is more.
    values: [conversationId, viewerId, below, belowCount && belowCount + 1, above, aboveCount && aboveCount + 1],
  });
  const row = rows[0] as PageRow;
  const members = membersOf(viewerId, peerId);
  if (row.version === null) return { ...nothing(conversationId, row.epoch), marks: marksOfNobody(members) };
  const before = (row.before ?? []).slice(0, belowCount).reverse();
  const after = (row.after ?? []).slice(0, aboveCount);
  const listed = [...before, ...after];
  return {
    conversationId,
    epoch: row.epoch,
    version: row.version,
    lastSeq: row.last_seq,
    messages: listed.filter(({ hidden }) => !hidden).map((message) => toMessage(message, viewerId, peerId)),
    hidden: listed.filter(({ hidden }) => hidden).map(({ seq }) => seq),
    marks: marksFor(viewerId, members, row),
    hasBefore: belowCount > 0 ? (row.before?.length ?? 0) > belowCount : above > 0,
    hasAfter: aboveCount > 0 ? (row.after?.length ?? 0) > aboveCount : below <= row.last_seq,
  };
}

function stretchOf({ before, after, around, limit }: Asked) {
  if (around !== undefined) {
    const half = Math.floor(limit / 2);
    // The place itself belongs to the lower half.
    return { below: Math.min(around, END - 1) + 1, belowCount: limit - half, above: Math.min(around, END), aboveCount: half };
  }
  if (after !== undefined) return { below: 0, belowCount: 0, above: Math.min(after, END), aboveCount: limit };
  return { below: Math.min(before ?? END, END), belowCount: limit, above: END, aboveCount: 0 };
}

const nothing = (conversationId: string, epoch: string) => ({
  conversationId,
  epoch,
  version: 0,
  lastSeq: 0,
  messages: [],
  hidden: [],
  hasBefore: false,
  hasAfter: false,
});

export const marksOfNobody = (members: readonly [string, string]) =>
  Object.fromEntries(members.map((member) => [member, { delivered: 0, read: 0 }]));

import { type Changes, conversationIdOf, limits, membersOf, type Update } from '@parley/common/contracts';
import type { Pool } from 'pg';
import { type MarksRow, marksFor, marksOfNobody } from './pages.ts';
import { type MessageRow, messageColumns, placeOf, toMessage } from './rows.ts';

/** Changes of one answer; a client that was away for long asks several times. */
const PAGE = 200;
/** No version is beyond this one. */
const FAR = 2_147_483_646;

/**
 * The state of everything that changed after a version, in one snapshot, as the one of the two counts who asks. New
 * messages are found without an index of their own: at most as many as there were changes, so they are among that many
 * last places. What changed of older ones is in a small index of the messages that ever changed.
 */
const selectFor = (place: 'first' | 'second') => `
  SELECT i.epoch, coalesce(c.told, 0) AS version, coalesce(c.closed, false) AS closed,
    c.first_delivered, c.first_read, c.first_shown_delivered, c.first_shown_read,
    c.second_delivered, c.second_read, c.second_shown_delivered, c.second_shown_read,
    (SELECT json_agg(x ORDER BY x.${place}_version) FROM (
      SELECT * FROM (
        SELECT ${messageColumns} FROM messages m
          WHERE c.within AND m.conversation_id = $1 AND m.seq > c.last_seq - (c.told - $3) AND m.${place}_version > $3
        UNION ALL
        SELECT ${messageColumns} FROM messages m
          WHERE c.within AND m.conversation_id = $1 AND m.changed AND m.${place}_version > $3 AND m.seq <= c.last_seq - (c.told - $3)
      ) m
      WHERE (NOT m.withheld OR m.sender_id = $2)
        AND NOT EXISTS (SELECT FROM hidden h WHERE h.conversation_id = $1 AND h.user_id = $2 AND h.seq = m.seq)
      ORDER BY m.${place}_version LIMIT $4) x) AS changed,
    (SELECT json_agg(json_build_array(h.seq, h.version)) FROM hidden h
      WHERE c.within AND h.conversation_id = $1 AND h.user_id = $2 AND h.version > $3) AS hidden
  FROM installation i LEFT JOIN LATERAL (
    SELECT c.*, c.version - c.${place}_behind AS told, c.version - c.${place}_behind - $3 BETWEEN 0 AND $5 AND i.epoch = $6 AS within
    FROM conversations c WHERE c.conversation_id = $1
  ) c ON true`;
const select = { first: selectFor('first'), second: selectFor('second') };

interface ChangesRow extends MarksRow {
  readonly epoch: string;
  readonly version: number;
  readonly closed: boolean;
  readonly changed: MessageRow[] | null;
  readonly hidden: [number, number][] | null;
}

export async function readChanges(database: Pool, viewerId: string, peerId: string, epoch: string, since: number): Promise<Changes> {
  const conversationId = conversationIdOf(viewerId, peerId);
  const place = placeOf(viewerId, peerId);
  const { rows } = await database.query<ChangesRow>({
    name: `changes-${place}`,
    text: select[place],
    values: [conversationId, viewerId, Math.min(since, FAR), PAGE + 1, limits.changes, epoch],
  });
  const row = rows[0] as ChangesRow;
  const behind = row.version - since;
  if (row.epoch !== epoch || behind < 0 || behind > limits.changes) return { reset: true, epoch: row.epoch, version: row.version };
  return {
    reset: false,
    update: toUpdate(row, conversationId, viewerId, peerId, since),
    more: (row.changed?.length ?? 0) > PAGE,
  };
}

function toUpdate(row: ChangesRow, conversationId: string, viewerId: string, peerId: string, from: number): Update {
  const changed = row.changed ?? [];
  const members = membersOf(viewerId, peerId);
  const messages = changed.slice(0, PAGE).map((message) => toMessage(message, viewerId, peerId));
  const version = changed.length > PAGE ? (messages.at(-1)?.version ?? row.version) : row.version;
  const hidden = (row.hidden ?? []).filter(([, hiddenAt]) => hiddenAt <= version).map(([seq]) => seq);
  return {
    conversationId,
    epoch: row.epoch,
    from,
    version,
    messages,
    marks: row.version > 0 ? marksFor(viewerId, members, row) : marksOfNobody(members),
    ...(hidden.length > 0 && { hidden }),
    ...(row.closed && { closed: true as const }),
  };
}

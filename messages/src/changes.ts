import { type Changes, conversationIdOf, limits, membersOf, type Update } from '@parley/common/contracts';
import type { Pool } from 'pg';
import { inCrowds } from './crowd.ts';
import { type MarksRow, marksFor, marksOfNobody } from './pages.ts';
import { type MessageRow, messageColumns, placeOf, toMessage } from './rows.ts';

/** Changes of one answer; a client that was away for long asks several times. */
const PAGE = 200;
/** No version is beyond this one. */
const FAR = 2_147_483_646;

/**
 * The state of everything that changed after a version, in one snapshot, as the one of the two counts who asks. New
 * messages are found without an index of their own: at most as many as there were changes, so they are among that many
 * last places. What changed of older ones is in a small index of the messages that ever changed. Many may ask at once.
 */
const selectFor = (place: Place) => `
  SELECT a.number::integer, i.epoch, coalesce(c.told, 0) AS version, coalesce(c.closed, false) AS closed,
    c.first_delivered, c.first_read, c.first_shown_delivered, c.first_shown_read,
    c.second_delivered, c.second_read, c.second_shown_delivered, c.second_shown_read,
    (SELECT json_agg(x ORDER BY x.${place}_version) FROM (
      SELECT * FROM (
        SELECT ${messageColumns} FROM messages m
          WHERE c.within AND m.conversation_id = a.conversation_id AND m.seq > c.last_seq - (c.told - a.since) AND m.${place}_version > a.since
        UNION ALL
        SELECT ${messageColumns} FROM messages m
          WHERE c.within AND m.conversation_id = a.conversation_id AND m.changed AND m.${place}_version > a.since
          AND m.seq <= c.last_seq - (c.told - a.since)
      ) m
      WHERE (NOT m.withheld OR m.sender_id = a.viewer_id)
        AND NOT EXISTS (SELECT FROM hidden h WHERE h.conversation_id = a.conversation_id AND h.user_id = a.viewer_id AND h.seq = m.seq)
      ORDER BY m.${place}_version LIMIT $5) x) AS changed,
    (SELECT json_agg(json_build_array(h.seq, h.version)) FROM hidden h
      WHERE c.within AND h.conversation_id = a.conversation_id AND h.user_id = a.viewer_id AND h.version > a.since) AS hidden
  FROM unnest($1::uuid[], $2::uuid[], $3::integer[], $4::text[]) WITH ORDINALITY AS a (conversation_id, viewer_id, since, epoch, number)
    CROSS JOIN installation i LEFT JOIN LATERAL (
    SELECT c.*, c.version - c.${place}_behind AS told, c.version - c.${place}_behind - a.since BETWEEN 0 AND $6 AND i.epoch = a.epoch AS within
    FROM conversations c WHERE c.conversation_id = a.conversation_id
  ) c ON true`;

type Place = 'first' | 'second';

interface Asked {
  readonly conversationId: string;
  readonly viewerId: string;
  readonly since: number;
  readonly epoch: string;
}

const asking = (database: Pool, place: Place) => {
  const text = selectFor(place);
  return inCrowds(async (asked: readonly Asked[]) => {
    const columns = (['conversationId', 'viewerId', 'since', 'epoch'] as const).map((name) => asked.map((one) => one[name]));
    const { rows } = await database.query<ChangesRow>({ name: `changes-${place}`, text, values: [...columns, PAGE + 1, limits.changes] });
    const byNumber = new Map(rows.map((row) => [row.number, row]));
    return asked.map((_, index) => byNumber.get(index + 1) as ChangesRow);
  });
};

interface ChangesRow extends MarksRow {
  readonly number: number;
  readonly epoch: string;
  readonly version: number;
  readonly closed: boolean;
  readonly changed: MessageRow[] | null;
  readonly hidden: [number, number][] | null;
}

export function changesOf(database: Pool) {
  const ask = { first: asking(database, 'first'), second: asking(database, 'second') };
  return async (viewerId: string, peerId: string, epoch: string, since: number): Promise<Changes> => {
    const conversationId = conversationIdOf(viewerId, peerId);
    const row = await ask[placeOf(viewerId, peerId)]({ conversationId, viewerId, since: Math.min(since, FAR), epoch });
    const behind = row.version - since;
    if (row.epoch !== epoch || behind < 0 || behind > limits.changes) return { reset: true, epoch: row.epoch, version: row.version };
    return {
      reset: false,
      update: toUpdate(row, conversationId, viewerId, peerId, since),
      more: (row.changed?.length ?? 0) > PAGE,
    };
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

import { conversationIdOf, type Input, type messageRoutes, type Output } from '@parley/common/contracts';
import type { Pool } from 'pg';
import { type Place, readCursor, writeCursor } from '../cursors.ts';
import { at, type MessageRow, messageColumns, toMessage } from '../rows.ts';
import { keysOf, likeness, piecesOfQuery, wordsOf } from './words.ts';

type Route = typeof messageRoutes.search;
type Found = Output<Route>['hits'][number];
type Ranked = Found & { readonly rank: number };

/** Messages are ranked among so many of the newest that may fit; then among the next. */
const WINDOW = 200;
/** Looked at for one answer, at the most: what holds all the pieces of a word may hold the word nowhere. */
const WINDOWS = 20;
/** How many of a window were shown already, and where the window begins. */
const NEWEST: Place = [
  ['number', '0'],
  ['instant', '9999-12-31T00:00:00.000Z'],
  ['id', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
  ['number', '999999999'],
];

const select = `
  SELECT ${messageColumns}, p.peer_id, h.seq IS NULL AND m.content IS NOT NULL AND (NOT m.withheld OR m.sender_id = $1) AS visible,
    f.conversation_id AS found_in, f.seq AS found_at, f.sent_at AS found_from
  FROM (
    SELECT s.conversation_id, s.seq, s.sent_at FROM search s
    WHERE s.keys @> $2::integer[] AND ($3::uuid IS NULL OR s.conversation_id = $3)
      AND (s.sent_at, s.conversation_id, s.seq) < ($4::timestamptz, $5::uuid, $6::integer)
    ORDER BY s.sent_at DESC, s.conversation_id DESC, s.seq DESC LIMIT $7
  ) f
    LEFT JOIN messages m ON m.conversation_id = f.conversation_id AND m.seq = f.seq
    LEFT JOIN members p ON p.conversation_id = f.conversation_id AND p.user_id = $1
    LEFT JOIN hidden h ON h.conversation_id = f.conversation_id AND h.user_id = $1 AND h.seq = f.seq
  ORDER BY f.sent_at DESC, f.conversation_id DESC, f.seq DESC`;

interface Row extends MessageRow {
  readonly peer_id: string | null;
  readonly visible: boolean | null;
  readonly found_in: string;
  readonly found_at: number;
  readonly found_from: Date;
}

/**
 * Finds among the messages of one person. The keys are made of that person's id, so nobody else's come into question; the
 * text, as this person sees it now, has the last word.
 */
export async function find(database: Pool, userId: string, { q, peerId, after, limit }: Input<Route>): Promise<Output<Route>> {
  const words = wordsOf(q);
  if (words.length === 0) return { hits: [], after: null };
  const keys = keysOf(userId, piecesOfQuery(words));
  const conversationId = peerId === undefined ? null : conversationIdOf(userId, peerId);
  let [skip, ...window] = readCursor(after, NEWEST);
  const hits: Found[] = [];
  for (let windows = 1; ; windows++) {
    const { rows } = await database.query<Row>({
      name: 'search',
      text: select,
      values: [userId, keys, conversationId, ...window, WINDOW],
    });
    const ranked = rank(rows, userId, words);
    const taken = ranked.slice(Number(skip), Number(skip) + limit - hits.length);
    hits.push(...taken.map(({ rank: _, ...hit }) => hit));
    const seen = Number(skip) + taken.length;
    const end = rows.length < WINDOW ? undefined : rows.at(-1);
    if (seen < ranked.length) return { hits, after: writeCursor([seen, ...window]) };
    if (!end) return { hits, after: null };
    [skip, window] = ['0', [at(end.found_from), end.found_in, String(end.found_at)]];
    if (hits.length === limit || windows === WINDOWS) return { hits, after: writeCursor([skip, ...window]) };
  }
}

function rank(rows: readonly Row[], userId: string, words: readonly string[]): Ranked[] {
  return rows
    .flatMap((row) => {
      if (!row.visible || row.peer_id === null) return [];
      const message = toMessage(row, userId, row.peer_id);
      return [{ conversationId: row.found_in, peerId: row.peer_id, message, rank: likeness(words, message.content?.text ?? '') }];
    })
    .filter(({ rank }) => rank > 0)
    .sort((one, other) => other.rank - one.rank);
}

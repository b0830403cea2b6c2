import type { Content } from '@parley/common/contracts';
import { isAway, transaction } from '@parley/common/database';
import type { Clock, Logger } from '@parley/common/server';
import type { Pool } from 'pg';
import { keysOf, piecesOf, wordsOf } from './words.ts';

export interface Indexer extends AsyncDisposable {
  /** Something was said or changed there. */
  touched(conversationIds: Iterable<string>): void;
}

export interface IndexerOptions {
  readonly database: Pool;
  readonly clock: Clock;
  readonly log: Logger;
  /** How often to look for what no running pod remembers, because the one that stored it has died. */
  readonly sweepMs?: number;
}

/** Conversations of one round, and messages of all; few, because whoever writes meanwhile waits for the round. */
const CONVERSATIONS = 20;
const MESSAGES = 400;
/** Rest when all is done, and after each round at least so many times as long as it took: storing comes first. */
const REST_MS = 300;
const REST_SHARE = 3;
const SWEEP_MS = 300_000;
const SWEEP_LOCK = 7_270_001;
/** More are found by a later sweep. */
const REMEMBERED = 20_000;

/** Fills search behind the store: a round now and then, from what was touched since. */
export function startIndexer({ database, clock, log, sweepMs = SWEEP_MS }: IndexerOptions): Indexer {
  const waiting = new Set<string>();
  const closing = new AbortController();
  /** After a round that failed they are fewer, so that one that is too much for the database does not stop all others. */
  let atOnce = CONVERSATIONS;
  let sweepAt = sweepMs === Number.POSITIVE_INFINITY ? sweepMs : clock.now();

  const round = async () => {
    if (clock.now() >= sweepAt) {
      for (const id of await forgotten(database)) waiting.add(id);
      sweepAt = clock.now() + sweepMs;
    }
    const ids = [...waiting].slice(0, atOnce);
    for (const id of ids) waiting.delete(id);
    try {
      for (const id of await index(database, ids)) waiting.add(id);
      atOnce = Math.min(CONVERSATIONS, atOnce * 2);
    } catch (error) {
      atOnce = Math.max(1, atOnce >> 1);
      for (const id of ids) waiting.add(id);
      throw error;
    }
  };

  /** Answers whether there is more to do at once. */
  const tried = () =>
    round().then(
      () => waiting.size > 0,
      (error: unknown) => {
        if (!isAway(error)) log.error({ error }, 'search was not filled');
        return false;
      },
    );

  const running = (async () => {
    while (!closing.signal.aborted) {
      const begun = performance.now();
      const least = (await tried()) ? 0 : REST_MS;
      await clock.sleep(Math.max(least, (performance.now() - begun) * REST_SHARE), closing.signal);
    }
  })();

  return {
    touched(conversationIds) {
      for (const id of conversationIds) if (waiting.size < REMEMBERED) waiting.add(id);
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      await running;
    },
  };
}

interface Row {
  readonly conversation_id: string;
  readonly members: [string, string];
  readonly indexed: number;
  readonly version: number;
  readonly messages: Changed[] | null;
}

interface Changed {
  readonly seq: number;
  readonly version: number;
  readonly sender_id: string;
  readonly withheld: boolean;
  readonly sent_at: string;
  readonly content: Content | null;
  /** By person: what they see instead. */
  readonly views: Readonly<Record<string, { readonly content: Content }>> | null;
}

/** Of each conversation what changed since it was indexed, found as catching up finds it. */
const changedSince = `
  WITH begun AS (
    INSERT INTO indexed (conversation_id, version) SELECT id, 0 FROM unnest($1::uuid[]) AS given (id) ORDER BY id ON CONFLICT DO NOTHING
  )
  SELECT c.conversation_id, ARRAY[c.first_id, c.second_id] AS members, coalesce(x.version, 0) AS indexed, c.version, found.messages
  FROM unnest($1::uuid[]) AS given (id)
    JOIN conversations c ON c.conversation_id = given.id
    LEFT JOIN indexed x ON x.conversation_id = given.id
    CROSS JOIN LATERAL (SELECT json_agg(f ORDER BY f.version) AS messages FROM (
      SELECT * FROM (
        SELECT m.seq, m.version, m.sender_id, m.withheld, m.sent_at, m.content, m.views FROM messages m
          WHERE m.conversation_id = c.conversation_id AND m.seq > c.last_seq - (c.version - coalesce(x.version, 0)) AND m.version > coalesce(x.version, 0)
        UNION ALL
        SELECT m.seq, m.version, m.sender_id, m.withheld, m.sent_at, m.content, m.views FROM messages m
          WHERE m.conversation_id = c.conversation_id AND m.changed AND m.version > coalesce(x.version, 0)
            AND m.seq <= c.last_seq - (c.version - coalesce(x.version, 0))
      ) both_kinds ORDER BY version LIMIT $2) f) found`;

/** Who indexed a conversation meanwhile has moved it on: then this round leaves it, and what it read, alone. */
const write = `
  WITH locked AS MATERIALIZED (
    SELECT x.conversation_id AS id FROM indexed x WHERE x.conversation_id = ANY ($1::uuid[]) ORDER BY x.conversation_id FOR UPDATE
  ), moved AS (
    UPDATE indexed x SET version = given.version
    FROM unnest($1::uuid[], $2::integer[], $3::integer[]) AS given (id, before, version) JOIN locked USING (id)
    WHERE x.conversation_id = given.id AND x.version = given.before RETURNING x.conversation_id
  ), erased AS (
    DELETE FROM search s USING unnest($4::uuid[], $5::integer[], $7::text[]) AS given (id, seq, keys)
    WHERE s.conversation_id = given.id AND s.seq = given.seq AND given.keys IS NULL AND given.id IN (SELECT conversation_id FROM moved)
  )
  INSERT INTO search (conversation_id, seq, sent_at, keys)
    SELECT given.id, given.seq, given.sent_at, given.keys::integer[]
    FROM unnest($4::uuid[], $5::integer[], $6::timestamptz[], $7::text[]) AS given (id, seq, sent_at, keys)
    WHERE given.keys IS NOT NULL AND given.id IN (SELECT conversation_id FROM moved)
  ON CONFLICT (conversation_id, seq) DO UPDATE SET keys = excluded.keys`;

/** Answers the conversations that are not done with it. */
async function index(database: Pool, conversationIds: readonly string[]): Promise<string[]> {
  if (conversationIds.length === 0) return [];
  const most = Math.ceil(MESSAGES / conversationIds.length);
  const { rows } = await database.query<Row>({ name: 'search-changed', text: changedSince, values: [conversationIds, most] });
  const behind = rows.filter(({ indexed, version }) => version > indexed);
  const done = behind.map((row) => ((row.messages?.length ?? 0) < most ? row.version : (row.messages?.at(-1)?.version ?? row.version)));
  const messages = behind.flatMap((row) =>
    (row.messages ?? []).map((message) => ({ ...message, id: row.conversation_id, keys: keysFor(message, row.members) })),
  );
  await database.query({
    name: 'search-write',
    text: write,
    values: [
      behind.map(({ conversation_id }) => conversation_id),
      behind.map(({ indexed }) => indexed),
      done,
      messages.map(({ id }) => id),
      messages.map(({ seq }) => seq),
      messages.map(({ sent_at }) => sent_at),
      messages.map(({ keys }) => keys),
    ],
  });
  return behind.flatMap(({ conversation_id, version }, place) => (done[place] === version ? [] : [conversation_id]));
}

/** The keys of each who may find it, made of the text as they see it; null: nothing is to be found any more. */
function keysFor({ sender_id, withheld, content, views }: Changed, members: readonly string[]): string | null {
  if (content === null) return null;
  const finders = withheld ? [sender_id] : members;
  const pieces = piecesOf(wordsOf(content.text));
  const keys = finders.flatMap((userId) => {
    const own = views?.[userId]?.content;
    return keysOf(userId, own ? piecesOf(wordsOf(own.text)) : pieces);
  });
  return `{${keys.join(',')}}`;
}

/** What lies behind though nobody remembers it. One pod looks at a time; the lock ends with its transaction, whatever becomes of it. */
const forgotten = (database: Pool): Promise<string[]> =>
  transaction(database, async (client) => {
    const { rows: locks } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS locked', [SWEEP_LOCK]);
    if (!locks[0]?.locked) return [];
    const { rows } = await client.query<{ conversation_id: string }>(
      `SELECT c.conversation_id FROM conversations c LEFT JOIN indexed x ON x.conversation_id = c.conversation_id
       WHERE c.version > coalesce(x.version, 0) LIMIT $1`,
      [REMEMBERED],
    );
    return rows.map(({ conversation_id }) => conversation_id);
  });

import { parseArgs } from 'node:util';
import { conversationIdOf, membersOf } from '@parley/common/contracts';
import { migrate, openDatabase } from '@parley/common/database';
import { createLog, systemClock } from '@parley/common/server';
import { changesOf } from '../messages/src/changes.ts';
import { listOf, listVersions } from '../messages/src/conversations.ts';
import { readPage } from '../messages/src/pages.ts';
import { find } from '../messages/src/search/find.ts';
import { startIndexer } from '../messages/src/search/indexer.ts';

/**
 * What it costs to read where much was said: pages, catching up, lists and search, in the service without HTTP. The
 * database is filled once and kept; a person knows `friends` people and has said as much with each.
 */
const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'postgresql://postgres@127.0.0.1:5432/parley_bench_pages' },
    people: { type: 'string', default: '200' },
    friends: { type: 'string', default: '50' },
    messages: { type: 'string', default: '200' },
    requests: { type: 'string', default: '2000' },
    at: { type: 'string', default: '2' },
  },
});
const [peopleCount, friends, perConversation, requests, parallel] = [
  values.people,
  values.friends,
  values.messages,
  values.requests,
  values.at,
].map(Number) as [number, number, number, number, number];
const log = createLog('bench', 'silent');
const database = openDatabase({ url: values.url, name: 'bench', log, pool: parallel + 1, statementTimeoutMs: 600_000 });
await migrate(database, new URL('../messages/prisma/migrations', import.meta.url), { log });
const people = Array.from({ length: peopleCount }, (_, index) => `01900000-0000-7000-8000-${String(index).padStart(12, '0')}`);
const pairs = people.flatMap((person, index) =>
  Array.from({ length: friends / 2 }, (_, step) => ({ person, peer: people[(index + step + 1) % peopleCount] as string })),
);
await fill();
const { rows } = await database.query(
  'SELECT count(*)::integer AS messages, pg_size_pretty(pg_total_relation_size($1)) AS size FROM messages',
  ['messages'],
);
console.log(
  `${rows[0].messages} messages in ${pairs.length} conversations, ${rows[0].size} with indexes; ${requests} of each, ${parallel} at a time`,
);

const pick = <T>(from: readonly T[]) => from[Math.floor(Math.random() * from.length)] as T;
const place = () => 1 + Math.floor(Math.random() * perConversation);
const { epoch } = await readPage(database, people[0] as string, people[1] as string, { limit: 1 });
const newest = ({ person, peer }: (typeof pairs)[number]) => readPage(database, person, peer, { limit: 50 });
await measure('newest page of 50', newest);
await measure('newest page of 50, one reader', newest, requests, 1);
await measure('page of 50 before a place', ({ person, peer }) => readPage(database, person, peer, { limit: 50, before: place() }));
await measure('page of 50 around a place', ({ person, peer }) => readPage(database, person, peer, { limit: 50, around: place() }));
const [readChanges, listConversations] = [changesOf(database), listOf(database)];
await measure('changes, 5 behind', ({ person, peer }) => readChanges(person, peer, epoch, perConversation - 5));
await measure('changes, nothing new', ({ person, peer }) => readChanges(person, peer, epoch, perConversation));
await measure('list of 50 conversations', ({ person }) => listConversations(person, { limit: 50, archived: false }, Date.now()));
await measure('versions of all conversations', ({ person }) => listVersions(database, person, undefined));
const searched = await fillSearch();
for (const q of ['a', 'ov', 'often', 'common', 'rareword7', '天气', 'common often']) {
  await measure(`search "${q}" in ${searched}`, ({ person }) => find(database, person, { q, limit: 50 }), requests / 4);
}
await database.end();

async function measure(name: string, ask: (pair: (typeof pairs)[number]) => Promise<unknown>, count = requests, readers = parallel) {
  for (let warm = 0; warm < 20; warm++) await ask(pick(pairs));
  const times: number[] = [];
  await Promise.all(
    Array.from({ length: readers }, async () => {
      while (times.length < count) {
        const begun = performance.now();
        await ask(pick(pairs));
        times.push(performance.now() - begun);
      }
    }),
  );
  times.sort((one, other) => one - other);
  const at = (share: number) => (times[Math.floor(times.length * share)] ?? 0).toFixed(2);
  console.log(`${name.padEnd(36)} p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
}

async function fill() {
  const ids = pairs.map(({ person, peer }) => conversationIdOf(person, peer));
  const last = [ids.at(-1), perConversation];
  const { rowCount } = await database.query('SELECT FROM messages WHERE conversation_id = $1 AND seq = $2', last);
  if (rowCount === 1) return;
  await database.query('TRUNCATE people, conversations, members, messages, search');
  await database.query('INSERT INTO people (user_id) SELECT unnest($1::uuid[])', [people]);
  const members = pairs.map(({ person, peer }) => membersOf(person, peer));
  await database.query(
    `INSERT INTO conversations (conversation_id, first_id, second_id, started_by, started_at, version, last_seq, first_total, second_total, first_last, second_last,
       first_active_at, second_active_at, first_delivered, first_read, second_delivered, second_read)
     SELECT id, a, b, a, now(), $4, $4, $4 / 2, $4 / 2, $4, $4, now(), now(), $4, $4, $4, $4 FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS c (id, a, b)`,
    [ids, members.map(([first]) => first), members.map(([, second]) => second), perConversation],
  );
  await database.query(
    `INSERT INTO members (conversation_id, user_id, peer_id) SELECT conversation_id, first_id, second_id FROM conversations
     UNION ALL SELECT conversation_id, second_id, first_id FROM conversations`,
  );
  // As they come in real life: message by message through all conversations, not one conversation after the other.
  for (let from = 1; from <= perConversation; from += 20) {
    await database.query(
      `INSERT INTO messages (conversation_id, seq, version, first_version, second_version, first_total, second_total, sent_at, hash, id, sender_id, client_id, content)
       SELECT c.conversation_id, s, s, s, s, s / 2, s - s / 2, now() - (($2 - s) || ' minutes')::interval, 0, gen_random_uuid(),
         CASE WHEN s % 2 = 0 THEN c.first_id ELSE c.second_id END, gen_random_uuid(),
         jsonb_build_object('kind', 'text', 'text', 'This is common and message ' || s || ' of those that are sent ' ||
           CASE WHEN s % 5 = 0 THEN 'often, over and over ' ELSE '' END || CASE WHEN s % 97 = 0 THEN 'rareword' || s % 10 ELSE '' END || CASE WHEN s % 50 = 0 THEN '今天天气很好' ELSE '' END)
       FROM generate_series($1::integer, least($1::integer + 19, $2::integer)) s, conversations c`,
      [from, perConversation],
    );
  }
  await database.query('VACUUM ANALYZE');
  // What reading costs, not what is left of writing.
  await database.query('CHECKPOINT');
}

/** Of the first twenty people, for it takes long; answers how many messages that is. */
async function fillSearch(): Promise<number> {
  const some = pairs.filter(({ person }) => people.indexOf(person) < 20).map(({ person, peer }) => conversationIdOf(person, peer));
  const wanted = some.length * perConversation;
  const counted = async () =>
    (await database.query<{ count: number }>('SELECT count(*)::integer AS count FROM search')).rows[0]?.count ?? 0;
  const before = await counted();
  const begun = performance.now();
  const indexer = startIndexer({ database, clock: systemClock, log, sweepMs: Number.POSITIVE_INFINITY });
  indexer.touched(some);
  while ((await counted()) < wanted) await systemClock.sleep(500);
  await indexer[Symbol.asyncDispose]();
  await database.query('VACUUM ANALYZE search');
  const { rows: sizes } = await database.query(
    "SELECT pg_size_pretty(pg_relation_size('search_keys')) AS keys, pg_size_pretty(pg_relation_size('search')) AS rows",
  );
  const rate = (wanted - before) / ((performance.now() - begun) / 1000);
  console.log(
    `search over ${wanted} messages, filled at ${Math.round(rate)} a second beside its rests; keys ${sizes[0].keys}, rows ${sizes[0].rows}`,
  );
  for (const pair of [...pairs]) if (people.indexOf(pair.person) >= 20) pairs.splice(pairs.indexOf(pair), 1);
  return wanted;
}

import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { nameKey, userRoutes } from '@parley/common/contracts';
import { migrate, openDatabase } from '@parley/common/database';
import { createLog } from '@parley/common/server';
import { signedIn, TEST_ORIGIN, testPlatform, visitor } from '@parley/common/testing';
import { createRandom } from '../chaos/random.ts';
import { encodePlace } from '../users/src/cursor.ts';
import { listPeople } from '../users/src/directory.ts';
import { register } from '../users/src/people.ts';
import { move } from '../users/src/presence.ts';
import { searchPeople } from '../users/src/search.ts';
import { startUsers } from '../users/src/service.ts';
import { person, typed } from './crowd.ts';

/**
 * What a page of a directory of many people costs: in the service without its cache, each time another one; then over
 * HTTP with the cache, asked for as people do while others come and go. The database is filled once and kept. With
 * PARLEY_SETTING=servers the cache is the Redis of the machine.
 */
const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'postgresql://postgres@127.0.0.1:5432/parley_bench_users' },
    people: { type: 'string', default: '1000000' },
    requests: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '10' },
    rates: { type: 'string', default: '20,200' },
    seed: { type: 'string', default: '7' },
  },
});
const [people, requests, seconds] = [values.people, values.requests, values.seconds].map(Number) as [number, number, number];
const BATCH = 5_000;

await using stack = new AsyncDisposableStack();
const log = createLog('bench', 'warn');
const database = openDatabase({ url: values.url, name: 'bench', log, statementTimeoutMs: 600_000 });
stack.defer(() => database.end());
await migrate(database, new URL('../users/prisma/migrations', import.meta.url), { log });
await fill();

const roll = createRandom(Number(values.seed)).next;
const somebody = () => person(Math.floor(roll() * people));
const first = { after: undefined, limit: 50 };

await eachAnother('search', () => searchPeople(database, { q: typed(roll, people), ...first }));
await eachAnother('search, one letter', () => searchPeople(database, { q: [...typed(roll, people)][0] as string, ...first }));
await eachAnother('list by name, behind anybody', () => {
  const { displayName, userId } = somebody();
  return listPeople(database, {
    sort: 'name',
    direction: 'ascending',
    limit: 50,
    after: encodePlace(['name', nameKey(displayName), userId]),
  });
});
await eachAnother('list online first, behind anybody', () => {
  const { displayName, userId } = somebody();
  const after = encodePlace(['online', roll() < 0.5, nameKey(displayName), userId]);
  return listPeople(database, { sort: 'online', direction: roll() < 0.5 ? 'ascending' : 'descending', limit: 50, after });
});
await eachAnother('list online first, its first page', () => listPeople(database, { sort: 'online', direction: 'ascending', ...first }));
for (const rate of values.rates.split(',').map(Number)) await asPeopleDo(rate);

async function fill() {
  const { rows } = await database.query<{ count: string }>('SELECT count(*) FROM people');
  const known = Number(rows[0]?.count);
  if (known >= people) return;
  console.log(`filling from ${known} to ${people} people`);
  for (let from = known; from < people; from += BATCH) {
    const crowd = Array.from({ length: Math.min(BATCH, people - from) }, (_, index) => person(from + index));
    await register(database, crowd, 'offline');
    const here = crowd.filter((_, index) => index % 10 === 0);
    await move(
      database,
      here.map(({ userId, at }) => ({ name: 'user.online' as const, data: { userId, number: 1, at } })),
    );
  }
  for (const table of ['people', 'search_keys']) await database.query(`VACUUM (ANALYZE) ${table}`);
}

async function eachAnother(name: string, ask: () => Promise<{ people: readonly unknown[] }>) {
  const took: number[] = [];
  let shown = 0;
  for (let request = 0; request < requests; request += 1) {
    const begun = performance.now();
    shown += (await ask()).people.length;
    took.push(performance.now() - begun);
  }
  console.log(`${name.padEnd(34)} ${summary(took)}  (${(shown / requests).toFixed(1)} people a page)`);
}

/** So many a second, at any moment whether or not the ones before are answered: half open the list, half type into the search. */
async function asPeopleDo(rate: number) {
  await using platform = testPlatform();
  const pod = await platform.start('users', (config, world) => startUsers(config, { ...world, database }), {
    allowedOrigins: [TEST_ORIGIN],
    trustedProxies: [],
  });
  // More than the limits let one person do.
  const browsers = Array.from({ length: 200 }, () => visitor(pod.url, { cookie: signedIn().cookie }));
  await eachAnother('over HTTP, a page that is kept', () =>
    (browsers[0] as (typeof browsers)[0]).call(userRoutes.listPeople, { sort: 'online', direction: 'ascending', limit: 50 }),
  );
  const readsOf = async () => {
    const { values: counts = [] } = (await pod.world.metrics.getSingleMetric('parley_users_pages_total')?.get()) ?? {};
    const hit = counts.find(({ labels }) => labels.result === 'hit')?.value ?? 0;
    return { hit, all: counts.reduce((sum, { value }) => sum + value, 0) };
  };
  const before = await readsOf();
  const took: number[] = [];
  const ask = async () => {
    const browser = browsers[Math.floor(roll() * browsers.length)] as (typeof browsers)[0];
    const begun = performance.now();
    if (roll() < 0.5)
      await browser.call(userRoutes.listPeople, { sort: roll() < 0.8 ? 'online' : 'name', direction: 'ascending', limit: 50 });
    else await browser.call(userRoutes.searchPeople, { q: typed(roll, people), limit: 50 });
    took.push(performance.now() - begun);
  };
  const asked: Promise<void>[] = [];
  for (let request = 0; request < rate * seconds; request += 1) {
    asked.push(ask());
    // Everybody comes or goes now and then.
    if (request % 10 === 0)
      void pod.world.bus.publish('user.online', { userId: somebody().userId, number: request + 2, at: new Date().toISOString() });
    await sleep(1000 / rate);
  }
  await Promise.all(asked);
  const counts = await readsOf();
  const [hits, asking] = [counts.hit - before.hit, counts.all - before.all];
  const share = (count: number, of: number) => `${((100 * count) / of).toFixed(0)} %`;
  console.log(
    `over HTTP, ${String(rate).padStart(4)} a second wanted       ${summary(took)}  (${share(asking, took.length)} may be cached, of these ${share(hits, asking)} hit; ${share(hits, took.length)} of all)`,
  );
}

function summary(took: number[]) {
  took.sort((one, other) => one - other);
  const at = (part: number) => `${took[Math.min(took.length - 1, Math.floor(took.length * part))]?.toFixed(2)} ms`;
  return `p50 ${at(0.5)}  p99 ${at(0.99)}  max ${at(1)}`;
}

import type { Cache } from '@parley/common/cache';
import { type Person, userRoutes } from '@parley/common/contracts';
import { type TestPod, testPlatform, until } from '@parley/common/testing';
import { expect, test } from 'vitest';
import { PAGE_SECONDS } from '../src/page-cache.ts';
import { startUsers } from '../src/service.ts';
import { AT, config, enter, names, page, registered, type Somebody, search } from './cast.ts';

/** A cache that can be out of reach: what is written then is lost, as Redis would lose it. */
function breakable(cache: Cache) {
  const link = { broken: false };
  const unlessBroken =
    <A extends unknown[], T>(ask: (...given: A) => Promise<T>, otherwise: (...given: A) => T) =>
    async (...given: A) =>
      link.broken ? otherwise(...given) : ask(...given);
  const broken: Cache = {
    get available() {
      return !link.broken && cache.available;
    },
    get: unlessBroken(cache.get, () => undefined),
    getMany: unlessBroken(cache.getMany, (keys) => keys.map(() => undefined)),
    set: unlessBroken(cache.set, () => undefined),
    delete: unlessBroken(cache.delete, () => undefined),
    count: unlessBroken(cache.count, () => undefined),
    [Symbol.asyncDispose]: () => cache[Symbol.asyncDispose](),
  };
  return { link, cache: broken };
}

/** Two pods with one database and one cache, each of which can lose its cache. */
async function twoPods() {
  const platform = testPlatform();
  const links: { broken: boolean }[] = [];
  const start: typeof startUsers = (given, world) => {
    const { link, cache } = breakable(world.cache);
    links.push(link);
    return startUsers(given, { ...world, cache });
  };
  const pods = [await platform.start('users', start, config), await platform.start('users', start, config)] as [TestPod, TestPod];
  const [one, other] = pods.map((pod) => enter(pod)) as [Somebody, Somebody];
  const [ada] = await Promise.all([join(pods[0], 'Ada')]);
  return { pods, links, one, other, ada, [Symbol.asyncDispose]: () => platform[Symbol.asyncDispose]() };
}

async function join({ world }: TestPod, displayName: string) {
  const person = registered({ displayName });
  await world.bus.publish('user.registered', person);
  await until(async () => (await world.database.query('SELECT 1 FROM people WHERE user_id = $1', [person.userId])).rowCount);
  return person;
}

/** What a pod says its pages cost, by what became of asking the cache. */
async function readsOf({ world }: TestPod): Promise<Record<string, number>> {
  const { values } = (await world.metrics.getSingleMetric('parley_users_pages_total')?.get()) ?? { values: [] };
  return Object.fromEntries(values.map(({ labels, value }) => [labels.result, value]));
}

test('a first page is read once and then kept, for both pods', async () => {
  await using world = await twoPods();
  await until(async () => names((await page(world.one)).people).includes('Ada'));
  const first = await page(world.one, { limit: 7 });
  expect(await page(world.other, { limit: 7 })).toEqual(first);
  expect((await readsOf(world.pods[1])).hit).toBe(1);
  expect((await search(world.one, 'ad')).people).toHaveLength(1);
  expect((await search(world.other, 'ad')).people).toHaveLength(1);
  expect((await readsOf(world.pods[1])).hit).toBe(2);
});

test('once a change is acknowledged no pod gives out what was before it', async () => {
  await using world = await twoPods();
  const ada = enter(world.pods[0], world.ada.userId);
  for (let change = 1; change <= 20; change += 1) {
    // Both pods have the page, and go on reading it while it changes.
    const reading = Promise.all(Array.from({ length: 6 }, (_, index) => page(index % 2 ? world.one : world.other)));
    await ada.browser.call(userRoutes.updateMe, { displayName: `Ada ${change}` });
    expect(names((await page(world.other)).people)).toEqual([`Ada ${change}`]);
    expect(names((await search(world.other, 'ada')).people)).toEqual([`Ada ${change}`]);
    for (const { people } of await reading)
      expect([`Ada ${change - 1}`, `Ada ${change}`, 'Ada']).toContain((people[0] as Person).displayName);
  }
});

test('who leaves is on no page any more as soon as users knows', async () => {
  await using world = await twoPods();
  await until(async () => names((await page(world.other)).people).includes('Ada'));
  await world.pods[0].world.bus.publish('user.deleted', { userId: world.ada.userId, number: 2, at: AT });
  await until(async () => (await page(world.other)).people.length === 0);
  expect((await page(world.one)).people).toEqual([]);
});

test('without its cache a pod answers from the database, and never from before a change', async () => {
  await using world = await twoPods();
  const ada = enter(world.pods[0], world.ada.userId);
  await page(world.one);
  const [mine] = world.links as [{ broken: boolean }, { broken: boolean }];
  mine.broken = true;
  await ada.browser.call(userRoutes.updateMe, { displayName: 'Ada Unheard' });
  expect(names((await page(world.one)).people)).toEqual(['Ada Unheard']);
  expect((await readsOf(world.pods[0])).away).toBeGreaterThan(0);

  // Back again, with the page of before still in it: the change that the cache missed is told first.
  mine.broken = false;
  expect(names((await page(world.one)).people)).toEqual(['Ada Unheard']);
  expect(names((await page(world.other)).people)).toEqual(['Ada Unheard']);
});

test(`a change that the cache did not take is on every pod within ${PAGE_SECONDS} s, when pages end`, async () => {
  await using world = await twoPods();
  const ada = enter(world.pods[0], world.ada.userId);
  const [mine] = world.links as [{ broken: boolean }, { broken: boolean }];
  await until(async () => names((await page(world.other)).people).includes('Ada'));
  mine.broken = true;
  await ada.browser.call(userRoutes.updateMe, { displayName: 'Ada Late' });
  await until(async () => names((await page(world.other)).people)[0] === 'Ada Late');
});

test('presence, which begins no generation, is on every page as soon as the page was read anew', async () => {
  await using world = await twoPods();
  await until(async () => names((await page(world.one, { sort: 'online' })).people).includes('Ada'));
  await world.pods[1].world.bus.publish('user.online', { userId: world.ada.userId, number: 1, at: AT });
  await until(async () => (await page(world.one, { sort: 'online' })).people[0]?.presence === 'online');
  await until(async () => (await page(world.other)).people[0]?.presence === 'online');
});

test('a cache that came back empty, or lost its generation alone, brings nothing old back', async () => {
  await using world = await twoPods();
  const ada = enter(world.pods[0], world.ada.userId);
  await until(async () => names((await page(world.one)).people).includes('Ada'));
  await world.pods[1].world.cache.delete('users:generation');
  await ada.browser.call(userRoutes.updateMe, { displayName: 'Ada Anew' });
  await world.pods[1].world.cache.delete('users:generation');
  expect(names((await page(world.other)).people)).toEqual(['Ada Anew']);
  expect(names((await page(world.one)).people)).toEqual(['Ada Anew']);
});

test('pages of everybody are few keys, whatever is asked', async () => {
  const cache = { keys: new Set<string>() };
  const platform = testPlatform();
  await using _ = platform;
  const pod = await platform.start(
    'users',
    (given, world) => {
      const set = (key: string, ...rest: [string, number]) => {
        cache.keys.add(key);
        return world.cache.set(key, ...rest);
      };
      return startUsers(given, { ...world, cache: Object.create(world.cache, { set: { value: set } }) });
    },
    config,
  );
  const somebody = enter(pod);
  for (const q of ['a', 'abcd', 'abcde', 'z'.repeat(100)]) await search(somebody, q);
  await page(somebody);
  expect([...cache.keys].filter((key) => key.startsWith('users:')).sort()).toEqual([
    'users:generation',
    'users:page:list:name:ascending:50',
    'users:page:search:a:50',
  ]);
});

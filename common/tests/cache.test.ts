import { type Cache, openEmbeddedCache, openRedisCache } from '@parley/common/cache';
import { setting, testClock, testLog, testRedis, until } from '@parley/common/testing';
import { afterAll, describe, expect, test } from 'vitest';

/** One suite for both adapters: what holds in one process holds in a cluster. */
describe(`the cache, ${setting}`, () => {
  const redis = testRedis();
  afterAll(() => redis[Symbol.asyncDispose]());
  const clock = testClock();
  const open = async (): Promise<Cache> =>
    setting === 'embedded'
      ? openEmbeddedCache({ clock })
      : openRedisCache({ url: redis.url, prefix: `${redis.prefix}${crypto.randomUUID()}:`, log: testLog });

  test('answers what was set, and undefined for what was not', async () => {
    await using cache = await open();
    await cache.set('greeting', 'grüß Gott 👋', 60);
    expect(await cache.get('greeting')).toBe('grüß Gott 👋');
    expect(await cache.get('farewell')).toBeUndefined();
    expect(cache.available).toBe(true);
  });

  test('answers many at once, each in its place', async () => {
    await using cache = await open();
    await cache.set('one', '1', 60);
    await cache.set('three', '3', 60);
    expect(await cache.getMany(['one', 'two', 'three', 'one'])).toEqual(['1', undefined, '3', '1']);
    expect(await cache.getMany([])).toEqual([]);
  });

  test('keeps the last value that was set', async () => {
    await using cache = await open();
    await Promise.all([cache.set('key', 'first', 60), cache.set('key', 'last', 60)]);
    expect(await cache.get('key')).toBe('last');
  });

  test('forgets what is deleted, one or many, there or not', async () => {
    await using cache = await open();
    await cache.set('one', '1', 60);
    await cache.set('two', '2', 60);
    await cache.delete('one', 'two', 'three');
    await cache.delete();
    expect(await cache.getMany(['one', 'two'])).toEqual([undefined, undefined]);
  });

  test('counts from one, each call its own number, also all at once', async () => {
    await using cache = await open();
    const numbers = await Promise.all(Array.from({ length: 50 }, () => cache.count('tries', 60)));
    expect(numbers.sort((one, other) => Number(one) - Number(other))).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  });

  test('forgets a value when its time is over, and a count from its first', async () => {
    await using cache = await open();
    await cache.set('short', 'lived', 0.05);
    await cache.set('long', 'lived', 60);
    await cache.count('tries', 0.05);
    await cache.count('tries', 60);
    clock.advance(51);
    await until(async () => (await cache.get('short')) === undefined);
    expect(await cache.get('long')).toBe('lived');
    await until(async () => (await cache.count('tries', 0.05)) === 1);
  });

  test('says that it is away once it was closed, and drops what is written', async () => {
    const cache = await open();
    await cache[Symbol.asyncDispose]();
    expect(cache.available).toBe(false);
    await cache.set('key', 'value', 60);
    expect(await cache.get('key')).toBeUndefined();
    expect(await cache.getMany(['key', 'other'])).toEqual([undefined, undefined]);
    expect(await cache.count('tries', 60)).toBeUndefined();
    await cache.delete('key');
  });
});

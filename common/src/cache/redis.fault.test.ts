import { expect, test } from 'vitest';
import { testLog as log, startRedisServer, testClock, until } from '../testing/index.ts';
import { openRedisCache } from './index.ts';

test('when Redis goes away, everything answers at once without it, and it is used again when it is back', async () => {
  await using own = await startRedisServer();
  await using cache = await openRedisCache({ url: own.url, log });
  await cache.set('key', 'value', 60);
  await own.kill();
  await until(() => !cache.available);
  expect(await cache.get('key')).toBeUndefined();
  await cache.set('key', 'other', 60);
  expect(await cache.count('tries', 60)).toBeUndefined();

  await own.start();
  await until(() => cache.available);
  expect(await cache.get('key')).toBeUndefined();
  await cache.set('key', 'again', 60);
  expect(await cache.get('key')).toBe('again');
  expect(await cache.count('tries', 60)).toBe(1);
});

test('when Redis hangs, one question pays for it and the next ones are spared until it answers again', async () => {
  await using own = await startRedisServer();
  const clock = testClock();
  await using cache = await openRedisCache({ url: own.url, log, clock });
  await cache.set('key', 'value', 60);
  own.pause();
  expect(await cache.get('key')).toBeUndefined();
  expect(cache.available).toBe(false);
  own.goOn();
  clock.advance(1_000);
  await until(async () => {
    clock.advance(1_000);
    return (await cache.get('key')) === 'value';
  });
});

test('when Redis is not there at the start, the cache opens all the same', async () => {
  await using own = await startRedisServer();
  await own.kill();
  await using cache = await openRedisCache({ url: own.url, log });
  expect(cache.available).toBe(false);
  await own.start();
  await until(() => cache.available);
});

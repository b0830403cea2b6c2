import { expect, test } from 'vitest';
import { TokenBucket, TokenBuckets } from './token-bucket.ts';

const rate = { burst: 3, perSecond: 2 };

test('gives a burst at once, and then says how long until there is one', () => {
  const bucket = new TokenBucket(rate, 0);
  expect([bucket.take(0), bucket.take(0), bucket.take(0)]).toEqual([0, 0, 0]);
  expect(bucket.take(0)).toBe(0.5);
  expect(bucket.take(250)).toBe(0.25);
  expect(bucket.take(500)).toBe(0);
});

test('is never fuller than its burst', () => {
  const bucket = new TokenBucket(rate, 0);
  const taken = Array.from({ length: 5 }, () => bucket.take(60_000));
  expect(taken.filter((wait) => wait === 0)).toHaveLength(3);
});

test('a clock that steps back neither takes nor gives', () => {
  const bucket = new TokenBucket(rate, 10_000);
  bucket.take(10_000);
  expect([bucket.take(0), bucket.take(0), bucket.take(0)]).toEqual([0, 0, 0.5]);
});

test('of many each has a bucket, and only those who took of late are remembered', () => {
  const buckets = new TokenBuckets({ burst: 1, perSecond: 1 });
  for (let key = 0; key < 5_000; key++) expect(buckets.take(String(key), 0)).toBe(0);
  expect(buckets.take('7', 0)).toBe(1);
  for (let key = 0; key < 10_000; key++) buckets.take(`later ${key}`, 60_000);
  expect(buckets.size).toBeLessThanOrEqual(10_000);
  expect(buckets.take('7', 60_000)).toBe(0);
});

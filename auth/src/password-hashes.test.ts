import { expect, test } from 'vitest';
import { createLine, createPasswordHashes, standardCost } from './password-hashes.ts';

const cheap = { memory: 64, passes: 1, parallelism: 1 };

test('a hash says how it was made, and never twice the same', async () => {
  const hashes = createPasswordHashes(standardCost);
  const [one, other] = await Promise.all([hashes.hash('a rabbit hole'), hashes.hash('a rabbit hole')]);
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  expect(one).not.toBe(other);
  expect(await hashes.verify('a rabbit hole', one)).toBe(true);
  expect(await hashes.verify('a rabbit holf', one)).toBe(false);
});

test('a hash of the reference implementation is understood', async () => {
  const phc = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
  expect(await createPasswordHashes(cheap).verify('password', phc)).toBe(true);
});

test('without a hash the answer is no, for every password', async () => {
  expect(await createPasswordHashes(cheap).verify('', undefined)).toBe(false);
});

test('a hash made at another cost is still verified, and known to be outdated', async () => {
  const before = await createPasswordHashes(cheap).hash('a rabbit hole');
  const hashes = createPasswordHashes(standardCost);
  expect(await hashes.verify('a rabbit hole', before)).toBe(true);
  expect(hashes.isOutdated(before)).toBe(true);
  expect(hashes.isOutdated(await hashes.hash('a rabbit hole'))).toBe(false);
});

test('so many work at once, so many wait in order, and the rest are told when to come back', async () => {
  const line = createLine(2, 3);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const work = (number: number) =>
    line(async () => {
      begun.push(number);
      await new Promise<void>((resolve) => ends.push(resolve));
      return number;
    });
  const taken = [1, 2, 3, 4, 5].map(work);
  await expect(work(6)).rejects.toMatchObject({ code: 'unavailable', retryAfter: expect.any(Number) });
  expect(begun).toEqual([1, 2]);
  for (let done = 1; done <= 5; done += 1) {
    ends.shift()?.();
    await taken[done - 1];
  }
  expect(begun).toEqual([1, 2, 3, 4, 5]);
  const late = work(7);
  ends.shift()?.();
  expect(await late).toBe(7);
});

test('work that fails gives its place back', async () => {
  const line = createLine(1, 1);
  await expect(line(async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await line(async () => 'yes')).toBe('yes');
});

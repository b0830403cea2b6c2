import { randomUUID } from 'node:crypto';
import { testWorld } from '@parley/common/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPresenceRecords, type PresenceRecords } from '../src/presence/records.ts';

let own: Awaited<ReturnType<typeof testWorld>>;
let records: PresenceRecords;
beforeAll(async () => {
  own = await testWorld('notifications', { migrations: new URL('../prisma/migrations', import.meta.url) });
  records = createPresenceRecords(own.world.database);
});
afterAll(() => own[Symbol.asyncDispose]());

const now = Date.parse('2026-01-01T00:00:00Z');
const stateOf = async (userId: string) => (await records.find([userId])).get(userId);

test('[D9] who comes while somebody concludes that they are gone is here in the end', async () => {
  const userId = randomUUID();
  await records.arrive([userId], now);
  let arriving: ReturnType<typeof records.arrive> | undefined;
  const left = await records.leave([{ userId, since: now }], async (absent) => {
    // The registry was asked a moment too early; the row is locked, so this waits.
    arriving = records.arrive([userId], now + 1);
    return absent;
  });
  expect(left).toMatchObject([{ online: false, number: 2 }]);
  expect(await arriving).toMatchObject([{ online: true, number: 3 }]);
  expect(await stateOf(userId)).toMatchObject({ online: true, number: 3 });
});

test('[D9] who is registered again by the time that the registry is asked does not leave', async () => {
  const userId = randomUUID();
  await records.arrive([userId], now);
  expect(await records.leave([{ userId, since: now }], async () => [])).toEqual([]);
  expect(await stateOf(userId)).toMatchObject({ online: true, number: 1 });
});

test('while nobody can tell nobody leaves', async () => {
  const userId = randomUUID();
  await records.arrive([userId], now);
  expect(await records.leave([{ userId, since: now }], async () => undefined)).toBeUndefined();
  expect(await stateOf(userId)).toMatchObject({ online: true, number: 1 });
});

test('many pods that write the same people in different orders wait for each other, and each change counts once', async () => {
  const people = Array.from({ length: 200 }, () => randomUUID());
  const pods = [people, [...people].reverse(), [...people].sort()];
  const moved = (await Promise.all(pods.map((userIds) => records.arrive(userIds, now)))).flat();
  expect(moved.map(({ userId }) => userId).sort()).toEqual([...people].sort());
  const departures = people.map((userId) => ({ userId, since: now + 5 }));
  const left = await Promise.all(pods.map(() => records.leave(departures, async (absent) => absent)));
  expect(left.flat()).toHaveLength(people.length);
  expect(await records.untold(1_000)).toEqual([]);
  await records.told(left.flat().flatMap((record) => record ?? []));
  const { rows } = await own.world.database.query('SELECT FROM presence WHERE user_id = ANY($1) AND told = number AND number = 2', [
    people,
  ]);
  expect(rows).toHaveLength(people.length);
});

import { readFile } from 'node:fs/promises';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import type { Bus } from '../bus/index.ts';
import { type Fact, ParleyError, uuidv7 } from '../contracts/index.ts';
import { systemClock } from '../server/clock.ts';
import { testDatabase, testLog, until } from '../testing/index.ts';
import { createOutbox, transaction } from './index.ts';

type Name = 'user.signed-out' | 'user.deleted';
const at = '2026-01-01T00:00:00.000Z';
const signedOut = (userId: string, number: number): Fact<Name> => ({
  name: 'user.signed-out',
  data: { userId, number, sessionId: uuidv7(), at },
});
const deleted = (userId: string, number: number): Fact<Name> => ({ name: 'user.deleted', data: { userId, number, at } });
const table = await readFile(new URL('outbox.sql', import.meta.url), 'utf8');

/** A bus that writes down what it is given, and can be away. */
function recordingBus() {
  const taken: { name: string; data: { userId: string; number: number } }[] = [];
  const options: unknown[] = [];
  const listeners = new Set<(state: Bus['state']) => void>();
  const bus = {
    state: 'up' as Bus['state'],
    refuse: (_number: number) => false,
    listeners,
    onState(listener: (state: Bus['state']) => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async publish(name: string, data: { userId: string; number: number }, how: unknown) {
      if (bus.state === 'away' || bus.refuse(data.number)) throw new ParleyError('bus-away');
      taken.push({ name, data });
      options.push(how);
    },
    turn(state: Bus['state']) {
      bus.state = state;
      for (const listener of listeners) listener(state);
    },
  };
  return { bus, asBus: bus as unknown as Bus, taken, options, numbers: () => taken.map(({ data }) => data.number) };
}

async function place() {
  const database = await testDatabase(testLog);
  await database.pool.query(table);
  const heard = recordingBus();
  const metrics = new Registry();
  const stack = new AsyncDisposableStack();
  stack.use(database);
  const open = () =>
    stack.use(createOutbox<Name>({ database: database.pool, bus: heard.asBus, clock: systemClock, log: testLog, metrics }));
  const outbox = open();
  const write = async (...facts: Fact<Name>[]) => {
    await transaction(database.pool, (client) => outbox.append(client, facts));
    outbox.wake();
  };
  const waiting = async () => (await database.pool.query('SELECT FROM outbox WHERE relayed_at IS NULL')).rowCount;
  return { ...heard, metrics, pool: database.pool, outbox, open, write, waiting, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

test('what is committed is published, in the order it was written', async () => {
  await using here = await place();
  const userId = uuidv7();
  await here.write(...Array.from({ length: 450 }, (_, index) => signedOut(userId, index + 1)));
  await until(async () => (await here.waiting()) === 0);
  expect(here.numbers()).toEqual(Array.from({ length: 450 }, (_, index) => index + 1));
});

test('what is rolled back is never published', async () => {
  await using here = await place();
  const undone = transaction(here.pool, async (client) => {
    await here.outbox.append(client, [signedOut(uuidv7(), 1)]);
    throw new Error('changed my mind');
  });
  await expect(undone).rejects.toThrow('changed my mind');
  await here.write(signedOut(uuidv7(), 2));
  await until(() => here.numbers().length > 0);
  expect(here.numbers()).toEqual([2]);
});

test('a fact that its contract refuses fails the write', async () => {
  await using here = await place();
  await expect(here.write(signedOut('nobody', 1))).rejects.toThrow();
  expect(await here.waiting()).toBe(0);
});

test('[D7] while the bus is away facts wait, and go out in order when it is back', async () => {
  await using here = await place();
  here.bus.turn('away');
  const userId = uuidv7();
  for (const number of [1, 2, 3]) await here.write(signedOut(userId, number));
  expect(await here.waiting()).toBe(3);
  here.bus.turn('up');
  await until(async () => (await here.waiting()) === 0);
  expect(here.numbers()).toEqual([1, 2, 3]);
});

test('how long facts have waited is measured also while the bus is away', async () => {
  await using here = await place();
  here.bus.turn('away');
  await here.write(signedOut(uuidv7(), 1));
  await until(async () => /parley_outbox_age_seconds\{table="outbox"\} (0\.0*)?[1-9]/.test(await here.metrics.metrics()));
  expect(here.numbers()).toEqual([]);
});

test('[D7] a fact that is refused is published again, and with it all behind it', async () => {
  await using here = await place();
  let times = 0;
  here.bus.refuse = (number) => number === 2 && ++times < 3;
  const userId = uuidv7();
  await here.write(...[1, 2, 3].map((number) => signedOut(userId, number)));
  await until(async () => /parley_outbox_age_seconds\{table="outbox"\} 0\.[0-9]/.test(await here.metrics.metrics()));
  await until(async () => (await here.waiting()) === 0);
  expect(here.numbers().filter((number) => number === 1)).toHaveLength(1);
  expect(here.numbers().slice(-2)).toEqual([2, 3]);
});

test('several pods relay each fact once', async () => {
  await using here = await place();
  here.open();
  here.open();
  const people = Array.from({ length: 10 }, () => uuidv7());
  await Promise.all(people.map((userId) => here.write(signedOut(userId, 1), signedOut(userId, 2))));
  await until(async () => (await here.waiting()) === 0);
  expect(here.taken).toHaveLength(20);
  for (const person of people) {
    expect(here.taken.filter(({ data }) => data.userId === person).map(({ data }) => data.number)).toEqual([1, 2]);
  }
});

test('what a pod committed before it died is relayed by another, unasked', async () => {
  await using here = await place();
  await transaction(here.pool, (client) => here.outbox.append(client, [signedOut(uuidv7(), 1)]));
  await until(() => here.numbers().length === 1);
});

test('[D10] what a newer version wrote is relayed as it is; what only that one knows waits for it and holds nothing back', async () => {
  await using here = await place();
  const userId = uuidv7();
  const newer = { ...signedOut(userId, 2), data: { ...signedOut(userId, 2).data, colour: 'green' } };
  const write = (name: string, data: object) =>
    here.pool.query('INSERT INTO outbox (key, name, data, made_at) VALUES ($1, $2, $3, now())', [userId, name, data]);
  here.bus.turn('away');
  await write('user.grew-wings', { userId, number: 1 });
  await write(newer.name, newer.data);
  const behind = signedOut(userId, 3);
  await here.write(behind);
  here.bus.turn('up');
  await until(() => here.numbers().length === 2);
  expect(here.taken).toEqual([newer, behind]);
  expect(here.options).toEqual([{ written: true }, { written: true }]);
  await until(async () => (await here.waiting()) === 1);
  expect((await Array.fromAsync(here.outbox.replay())).map(({ name }) => name)).toContain('user.grew-wings');
});

test('everything is kept and can be read again, oldest first', async () => {
  await using here = await place();
  const facts = Array.from({ length: 1_200 }, (_, index) => signedOut(uuidv7(), index + 1));
  await here.write(...facts);
  const kept = await Array.fromAsync(here.outbox.replay());
  expect(kept.map(({ name, data }) => ({ name, data }))).toEqual(facts);
  const rest = await Array.fromAsync(here.outbox.replay(kept[1_000]?.id));
  expect(rest.map(({ data }) => data.number)).toEqual(facts.slice(1_000).map(({ data }) => data.number));
});

test('of a deleted account only its end is kept, and what was not yet told is told first', async () => {
  await using here = await place();
  const [gone, stays] = [uuidv7(), uuidv7()];
  await here.write(signedOut(gone, 1), signedOut(stays, 1));
  await until(async () => (await here.waiting()) === 0);
  here.bus.turn('away');
  await here.write(signedOut(gone, 2));
  await transaction(here.pool, async (client) => {
    await here.outbox.append(client, [deleted(gone, 3)]);
    await here.outbox.reduce(client, gone);
  });
  const keptOf = async (userId: string) =>
    (await Array.fromAsync(here.outbox.replay())).filter(({ data }) => data.userId === userId).map(({ data }) => data.number);
  expect(await keptOf(gone)).toEqual([2, 3]);
  here.bus.turn('up');
  await until(async () => (await here.waiting()) === 0);
  expect(here.numbers()).toEqual([1, 1, 2, 3]);
  expect(await keptOf(gone)).toEqual([3]);
  expect(await keptOf(stays)).toEqual([1]);
});

test('what no rebuild needs can be forgotten, once it was relayed', async () => {
  await using here = await place();
  await here.write(signedOut(uuidv7(), 1), deleted(uuidv7(), 1));
  await until(async () => (await here.waiting()) === 0);
  here.bus.turn('away');
  await here.write(signedOut(uuidv7(), 2));
  expect(await here.outbox.forget(['user.signed-out'], new Date(Date.now() + 60_000))).toBe(1);
  expect((await Array.fromAsync(here.outbox.replay())).map(({ name, data }) => [name, data.number])).toEqual([
    ['user.deleted', 1],
    ['user.signed-out', 2],
  ]);
});

test('an outbox that is closed listens to the bus no more', async () => {
  await using here = await place();
  const other = here.open();
  expect(here.bus.listeners.size).toBe(2);
  await other[Symbol.asyncDispose]();
  expect(here.bus.listeners.size).toBe(1);
});

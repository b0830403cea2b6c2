import pg from 'pg';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { testDatabase } from '../../testing/database.ts';
import { startTcpProxy } from '../../testing/tcp-proxy.ts';
import { until } from '../../testing/until.ts';
import { type BusState, embeddedDeadLetters, openEmbeddedBus, Poison } from '../index.ts';
import { registered, upTo } from './examples.ts';
import { memory } from './ground.ts';

const log = pino({ level: process.env['TEST_LOG'] || 'silent' });
const patience = 60_000;

/** A bus whose database lies behind a wire of its own. */
async function scene() {
  const stack = new AsyncDisposableStack();
  const database = stack.use(await testDatabase(log));
  const url = new URL(database.url);
  const wire = stack.use(await startTcpProxy({ host: url.hostname, port: Number(url.port || 5432) }));
  url.host = `127.0.0.1:${wire.port}`;
  const pool = new pg.Pool({ connectionString: url.href, max: 3 });
  pool.on('error', () => {});
  stack.defer(() => pool.end());
  const bus = stack.use(await openEmbeddedBus({ database: pool, log }));
  return { bus, wire, database, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

test('[embedded] while its tables are away publishing waits, and then is refused with bus-away', async () => {
  await using place = await scene();
  const { bus, wire } = place;
  const heard = memory();
  await bus.hear({ kind: 'shared', queue: 'users', names: ['user.registered'], handle: async (batch) => heard.take(batch) });
  const states: BusState[] = [];
  bus.onState((state) => states.push(state));
  wire.cut();
  await expect(bus.publish('user.registered', registered(1))).rejects.toMatchObject({ code: 'bus-away', retryAfter: expect.any(Number) });
  expect(bus.state).toBe('away');
  const waiting = bus.publish('user.registered', registered(2));
  wire.mend();
  await waiting;
  await until(() => heard.numbers.includes(2), patience);
  expect(states).toEqual(['away', 'up']);
});

test('[embedded] [D7] connections to its tables that break again and again lose nothing and keep the order', async () => {
  await using place = await scene();
  const { bus, wire } = place;
  const heard = memory();
  await bus.hear({ kind: 'shared', queue: 'users', names: ['user.registered'], handle: async (batch) => heard.take(batch) });
  const safe: number[] = [];
  let stopped = false;
  const publishing = (async () => {
    for (let first = 1; !stopped; first += 10) {
      await Promise.all(
        upTo(first + 9, first).map((number) => bus.publish('user.registered', registered(number)).then(() => safe.push(number))),
      );
    }
  })();
  for (let cut = 1; cut <= 3; cut++) {
    const before = safe.length;
    await until(() => safe.length > before + 100, patience);
    wire.drop();
  }
  stopped = true;
  await publishing;
  await until(() => safe.every((number) => heard.numbers.includes(number)), patience);
  expect([...new Set(heard.numbers)]).toEqual(upTo(safe.length));
});

test('[embedded] what was committed without an answer is heard, before what is published after it', async () => {
  await using place = await scene();
  const { bus, wire, database } = place;
  const heard = memory();
  const rows = async () => (await database.pool.query<{ fact: string }>("select fact from bus.facts where queue = 'users'")).rows.length;
  await bus.hear({ kind: 'shared', queue: 'users', names: ['user.registered'], handle: async (batch) => heard.take(batch) });
  wire.slow(400);
  const unanswered = bus.publish('user.registered', registered(1));
  await until(async () => (await rows()) === 1);
  wire.cut();
  await expect(unanswered).rejects.toMatchObject({ code: 'bus-away' });
  expect(await rows()).toBe(1);
  wire.mend();
  await until(() => bus.publish('user.registered', registered(2)).then(() => true));
  await until(() => heard.numbers.includes(2));
  // What was refused may have been written once more.
  expect([...new Set(heard.numbers)]).toEqual([1, 2]);
  await until(async () => (await rows()) === 0);
});

test('[embedded] dead letters that another process redrives are sent again by the bus', async () => {
  await using place = await scene();
  const { bus, database } = place;
  const heard = memory();
  let healed = false;
  const handle = async (batch: Parameters<typeof heard.take>[0]) => {
    if (!healed) throw new Poison('not yet');
    heard.take(batch);
  };
  await bus.hear({ kind: 'shared', queue: 'users', names: ['user.registered'], handle });
  await bus.publish('user.registered', registered(1));
  const outside = embeddedDeadLetters(database.pool, log);
  await until(async () => (await outside.list('users')).length === 1);
  healed = true;
  expect(await outside.redrive('users')).toBe(1);
  await until(() => heard.numbers.length === 1);
  expect(await outside.list()).toEqual([]);
});

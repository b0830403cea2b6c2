import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { uuidv7 } from '../contracts/index.ts';
import { systemClock } from '../server/clock.ts';
import { startTcpProxy, testDatabase, testLog, testWorld, until } from '../testing/index.ts';
import { createOutbox, isAway, openDatabase, transaction } from './index.ts';

const table = await readFile(new URL('outbox.sql', import.meta.url), 'utf8');

/** A database behind a wire of the test's own: the server itself is everybody's and is left alone. */
async function behindWire(statementTimeoutMs?: number) {
  const stack = new AsyncDisposableStack();
  const database = stack.use(await testDatabase(testLog));
  const direct = new URL(database.url);
  const wire = stack.use(await startTcpProxy({ host: direct.hostname, port: Number(direct.port || 5432) }));
  const url = new URL(direct);
  url.host = `127.0.0.1:${wire.port}`;
  const pool = openDatabase({
    url: url.href,
    name: 'test',
    log: testLog,
    connectTimeoutMs: 500,
    ...(statementTimeoutMs && { statementTimeoutMs }),
  });
  stack.defer(() => pool.end());
  return { direct: database.pool, pool, wire, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

test('[D7] a pool whose database goes away says so, and serves again when it is back', async () => {
  await using here = await behindWire();
  await here.pool.query('SELECT 1');
  const running = here.pool.query('SELECT pg_sleep(60)').catch((error: unknown) => error);
  await until(
    async () =>
      (await here.direct.query(`SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND datname = current_database()`))
        .rowCount,
  );
  here.wire.cut();
  expect(isAway(await running)).toBe(true);
  expect(isAway(await here.pool.query('SELECT 1').catch((error: unknown) => error))).toBe(true);
  here.wire.mend();
  expect((await here.pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});

test('[D7] a database that falls silent is given up after a bounded time, and so is the connection', async () => {
  await using here = await behindWire(200);
  await here.pool.query('SELECT 1');
  here.wire.stall();
  expect(isAway(await here.pool.query('SELECT 1').catch((error: unknown) => error))).toBe(true);
  here.wire.drop();
  here.wire.mend();
  await until(() => here.pool.query('SELECT 1'));
});

test('[D7] a transaction that lost its database has changed nothing', async () => {
  await using here = await behindWire();
  await here.direct.query('CREATE TABLE things (id int)');
  const lost = transaction(here.pool, async (client) => {
    await client.query('INSERT INTO things VALUES (1)');
    here.wire.drop();
    await client.query('INSERT INTO things VALUES (2)');
  });
  expect(isAway(await lost.catch((error: unknown) => error))).toBe(true);
  await transaction(here.pool, (client) => client.query('INSERT INTO things VALUES (3)'));
  expect((await here.direct.query('SELECT id FROM things')).rows).toEqual([{ id: 3 }]);
});

test('[D7] what was written before its database went away is published once it is back', async () => {
  await using here = await behindWire();
  await here.direct.query(table);
  await using place = await testWorld('socket-handler');
  const { bus } = place.world;
  const heard: number[] = [];
  await using _ = await bus.hear({
    kind: 'shared',
    queue: 'users',
    names: ['user.deleted'],
    handle: async (batch) => void heard.push(...batch.map(({ data }) => data.number)),
  });
  await using outbox = createOutbox<'user.deleted'>({ database: here.pool, bus, clock: systemClock, log: testLog });
  const write = (number: number) =>
    transaction(here.direct, (client) =>
      outbox.append(client, [{ name: 'user.deleted', data: { userId: uuidv7(), number, at: new Date().toISOString() } }]),
    );
  await write(1);
  await until(() => heard.includes(1));
  here.wire.cut();
  await write(2);
  outbox.wake();
  here.wire.mend();
  await until(() => heard.includes(2));
});

import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { Away, Poison } from '../bus/index.ts';
import { freePort, testDatabase, testLog } from '../testing/index.ts';
import { asHearing, isAway, isPoison, openDatabase } from './index.ts';

const failure = (url: string, sql: string, options = {}) => {
  const pool = openDatabase({ url, name: 'test', log: testLog, connectTimeoutMs: 200, ...options });
  return pool
    .query(sql)
    .then(
      () => expect.unreachable(),
      (error: unknown) => error,
    )
    .finally(() => pool.end());
};

test('a database that nobody listens for is away', async () => {
  expect(asHearing(await failure(`postgresql://127.0.0.1:${await freePort()}/x`, 'SELECT 1'))).toBeInstanceOf(Away);
});

test('a database that takes the connection and says nothing is away', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  expect(asHearing(await failure(`postgresql://127.0.0.1:${port}/x`, 'SELECT 1'))).toBeInstanceOf(Away);
  server.close();
});

test('a session that is ended under a query, and a query that takes too long, are away', async () => {
  await using database = await testDatabase(testLog);
  expect(isAway(await failure(database.url, 'SELECT pg_terminate_backend(pg_backend_pid())'))).toBe(true);
  expect(isAway(await failure(database.url, 'SELECT pg_sleep(5)', { statementTimeoutMs: 50 }))).toBe(true);
});

test('data that can never be stored is poison, and a fault of our own is neither', async () => {
  await using database = await testDatabase(testLog);
  await database.pool.query('CREATE TABLE things (id int PRIMARY KEY CHECK (id > 0)); INSERT INTO things VALUES (1)');
  for (const sql of ['INSERT INTO things VALUES (1)', 'INSERT INTO things VALUES (0)', `SELECT 'x'::int`, 'SELECT 1 / 0']) {
    const error = await failure(database.url, sql);
    expect(asHearing(error), sql).toBeInstanceOf(Poison);
    expect(isAway(error), sql).toBe(false);
  }
  const fault = await failure(database.url, 'SELECT * FROM nothing');
  expect([isAway(fault), isPoison(fault), asHearing(fault)]).toEqual([false, false, fault]);
});

test('what Prisma wraps is known for what it is', () => {
  const wrapped = (cause: object) =>
    Object.assign(new Error('Invalid invocation'), {
      code: 'P2010',
      meta: { driverAdapterError: Object.assign(new Error('x'), { cause }) },
    });
  expect(isAway(wrapped({ kind: 'DatabaseNotReachable' }))).toBe(true);
  expect(isAway(wrapped({ kind: 'postgres', originalCode: '57P01' }))).toBe(true);
  expect(isPoison(wrapped({ kind: 'UniqueConstraintViolation', originalCode: '23505' }))).toBe(true);
  expect(isPoison(Object.assign(new Error('Unique constraint failed'), { code: 'P2002' }))).toBe(true);
});

test('what is known to the bus already is passed on as it is', () => {
  const away = new Away('x');
  expect(asHearing(away)).toBe(away);
  expect(isAway('a string')).toBe(false);
});

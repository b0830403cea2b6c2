import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { openRabbitBus } from '@parley/common/bus';
import { authRoutes, type EventData } from '@parley/common/contracts';
import { systemClock } from '@parley/common/server';
import {
  freePort,
  startRabbitServer,
  startRedisServer,
  startTcpProxy,
  TEST_ORIGIN,
  testDatabase,
  testLog,
  until,
  visitor,
} from '@parley/common/testing';
import { Registry as Metrics } from 'prom-client';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { again, member, someone } from './cast.ts';

const stack = new AsyncDisposableStack();
afterAll(() => stack.disposeAsync());
const LONG_MS = 60_000;

const rabbit = stack.use(await startRabbitServer());
const redis = stack.use(await startRedisServer());
const database = stack.use(await testDatabase(testLog));
const { port: databasePort, hostname } = new URL(database.url);
const wire = stack.use(await startTcpProxy({ port: Number(databasePort || 5432), host: hostname }));
const throughWire = new URL(database.url);
throughWire.hostname = '127.0.0.1';
throughWire.port = String(wire.port);

/** Auth as a process of its own, to be killed. */
async function startProcess() {
  const port = await freePort();
  const env = {
    PATH: process.env.PATH,
    PORT: String(port),
    HOST: '127.0.0.1',
    LOG_LEVEL: 'fatal',
    DATABASE_URL: throughWire.href,
    BROKER_URL: rabbit.url,
    CACHE_URL: redis.url,
    ALLOWED_ORIGINS: TEST_ORIGIN,
    AUTH_SECRET: 'a secret that only this test knows, and long enough',
    RATE_LIMIT_FACTOR: '1',
  };
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [fileURLToPath(new URL('../src/main.ts', import.meta.url))], { env, stdio: 'inherit' });
  const failed = once(child, 'exit').then(([code]) => Promise.reject(new Error(`auth ended with ${code}`)));
  await Promise.race([until(async () => (await fetch(`${url}/health/ready`)).ok, LONG_MS), failed]);
  failed.catch(() => {});
  return { url, kill: (signal: NodeJS.Signals) => end(child, signal) };
}

async function end(child: ChildProcess, signal: NodeJS.Signals) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'exit');
}

const registered: EventData<'user.registered'>[] = [];
const bus = stack.use(await openRabbitBus({ url: rabbit.url, log: testLog, clock: systemClock, metrics: new Metrics(), name: 'listener' }));
await bus.hear({
  kind: 'shared',
  queue: 'users',
  names: ['user.registered'],
  handle: async (batch) => void registered.push(...batch.map(({ data }) => data)),
});
const heard = (userId: string) => registered.filter((data) => data.userId === userId);
const idOf = async (browser: Awaited<ReturnType<typeof member>>) => (await browser.call(authRoutes.me, {})).userId;

let auth: Awaited<ReturnType<typeof startProcess>>;
beforeEach(async () => {
  auth = await startProcess();
});
afterEach(() => auth.kill('SIGTERM'));

test('[D7] while the broker is away people sign up, and it is told when it is back', async () => {
  await rabbit.kill();
  const person = someone();
  const userId = await idOf(await member(auth.url, person));
  await (await again(auth.url, person)).call(authRoutes.signOut, {});
  expect(heard(userId)).toEqual([]);
  await rabbit.start();
  const [fact] = await until(() => heard(userId).length > 0 && heard(userId), LONG_MS);
  expect(fact).toMatchObject({ number: 1, userName: person.userName });
});

test('[D7] what was committed before a kill -9 is told after the next start, and never twice with another number', async () => {
  await rabbit.kill();
  const userId = await idOf(await member(auth.url));
  await auth.kill('SIGKILL');
  await rabbit.start();
  auth = await startProcess();
  const facts = await until(() => heard(userId).length > 0 && heard(userId), LONG_MS);
  expect(new Set(facts.map(({ number }) => number))).toEqual(new Set([1]));
  // What is told once is told no more, however often auth starts.
  const { rows } = await until(async () => {
    const waiting = await database.pool.query('SELECT id FROM outbox WHERE relayed_at IS NULL');
    return waiting.rowCount === 0 && waiting;
  }, LONG_MS);
  expect(rows).toEqual([]);
});

test('[D7] kill -9 in the middle of many sign-ups loses none that was answered', async () => {
  const answered: string[] = [];
  const signingUp = Array.from({ length: 12 }, () =>
    member(auth.url).then(
      async (browser) => void answered.push(claimsOf(browser.cookies.get('parley_access')).sub),
      () => {},
    ),
  );
  await until(() => answered.length >= 3, LONG_MS);
  await auth.kill('SIGKILL');
  await Promise.all(signingUp);
  auth = await startProcess();
  for (const userId of answered) await until(() => heard(userId).length > 0, LONG_MS);
});

test('while Redis is away people sign in and out, and limits hold', async () => {
  await redis.kill();
  const person = someone();
  const browser = await member(auth.url, person);
  const held = visitor(auth.url, { cookie: `parley_access=${browser.cookies.get('parley_access')}` });
  await browser.call(authRoutes.signOut, {});
  await expect(held.call(authRoutes.me, {})).rejects.toMatchObject({ code: 'signed-out' });
  const guesses = await Promise.allSettled(Array.from({ length: 12 }, () => again(auth.url, { ...person, password: 'a guess' })));
  const codes = guesses.map((guess) => guess.status === 'rejected' && guess.reason.code);
  expect(new Set(codes)).toEqual(new Set(['wrong-credentials', 'rate-limited']));
  await redis.start();
});

test('while PostgreSQL is away the answer says so, sessions stay, and everything goes on after', async () => {
  const person = someone();
  const browser = await member(auth.url, person);
  wire.cut();
  const refused = await again(auth.url, person).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'unavailable', status: 503, retryAfter: expect.any(Number) });
  await expect(browser.call(authRoutes.refresh, {})).rejects.toMatchObject({ code: 'unavailable' });
  expect(browser.cookies.size).toBe(2);
  expect((await fetch(`${auth.url}/health/ready`)).status).toBe(503);
  expect((await fetch(`${auth.url}/api/auth/keys`)).status).toBe(200);
  wire.mend();
  await until(() => browser.call(authRoutes.refresh, {}), LONG_MS);
  await again(auth.url, person);
});

const claimsOf = (token = ''): { sub: string } => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

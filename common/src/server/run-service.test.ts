import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { freePort, testDatabase, testLog, until } from '../testing/index.ts';

const example = fileURLToPath(new URL('run-service.example.ts', import.meta.url));
const closing = new Set<() => unknown>();
afterEach(async () => {
  for (const close of [...closing].reverse()) await close();
  closing.clear();
});

/** The example service in a process of its own; its broker and cache are away, as they may be. */
async function start(environment: Record<string, string> = {}) {
  const port = await freePort();
  const away = await freePort();
  const child = spawn(process.execPath, [example], {
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      HOST: '127.0.0.1',
      BROKER_URL: `amqp://127.0.0.1:${away}`,
      CACHE_URL: `redis://127.0.0.1:${away}`,
      DATABASE_URL: `postgresql://127.0.0.1:${away}/nowhere`,
      AUTH_URL: `http://127.0.0.1:${away}`,
      ALLOWED_ORIGINS: 'https://parley.test',
      ...environment,
    },
  });
  closing.add(() => child.kill('SIGKILL'));
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += String(data)));
  const get = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
  return { child, said: () => said, get, ended: ending(child), url: `http://127.0.0.1:${port}` };
}

const ending = (child: ChildProcess) => once(child, 'exit').then(([code]) => code as number | null);

async function withDatabase() {
  const database = await testDatabase(testLog);
  closing.add(() => database[Symbol.asyncDispose]());
  return { DATABASE_URL: database.url };
}

test('a wrong environment names every variable that is wrong, and no value', async () => {
  const { ended, said } = await start({
    BROKER_URL: 'hunter2',
    CACHE_URL: '',
    ALLOWED_ORIGINS: 'https://parley.test/',
    AUTH_URL: '',
    GREETING: '',
  });
  expect(await ended).toBe(1);
  for (const name of ['BROKER_URL', 'CACHE_URL: is missing', 'ALLOWED_ORIGINS', 'AUTH_URL: is missing', 'GREETING: is missing'])
    expect(said()).toContain(name);
  expect(said()).not.toContain('hunter2');
});

test('it is live at once, ready when its database is there, and ends by itself when told to', async () => {
  const { child, get, ended, url } = await start({ ...(await withDatabase()), GREETING: 'hello' });
  await until(async () => (await get('/health/ready')) === 200);
  expect(await get('/health/live')).toBe(200);
  expect(await (await fetch(`${url}/metrics`)).text()).toContain('parley_nodejs_eventloop_lag');
  expect(await (await fetch(url)).text()).toBe('hello');
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});

test('while its database is away it is live but not ready, and can be stopped', async () => {
  const { child, get, ended, said } = await start({ GREETING: 'hello' });
  await until(async () => (await get('/health/live')) === 200);
  await until(() => said().includes('the database is away'));
  expect(await get('/health/ready')).toBe(503);
  expect(await get('/')).toBe(503);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});

test('[D10] told to stop it says so first, then finishes what it was asked', async () => {
  const { child, get, ended, url } = await start({ ...(await withDatabase()), GREETING: 'hello', LINGER_MS: '300' });
  await until(async () => (await get('/health/ready')) === 200);
  const slow = fetch(`${url}/slow`);
  await until(async () => (await get('/begun')) === 200);
  child.kill('SIGTERM');
  await until(async () => (await get('/health/ready')) === 503);
  expect(await get('/')).toBe(200);
  await fetch(`${url}/go-on`);
  expect(await (await slow).text()).toBe('done');
  expect(await ended).toBe(0);
});

test('a rejection that nobody handles ends the process with a line that says so', async () => {
  const { get, ended, said, url } = await start({ ...(await withDatabase()), GREETING: 'hello' });
  await until(async () => (await get('/health/ready')) === 200);
  await fetch(`${url}/crash`).catch(() => {});
  expect(await ended).toBe(1);
  expect(said()).toContain('a rejection nobody handled');
});

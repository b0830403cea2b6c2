import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort, startRedisServer, testDatabase, testLog, until } from '../testing/index.ts';

const example = fileURLToPath(new URL('run-service.example.ts', import.meta.url));
const wrongClock = fileURLToPath(new URL('../testing/wrong-clock.ts', import.meta.url));
const FIVE_MINUTES = 300_000;

let closing: AsyncDisposableStack;
beforeEach(() => {
  closing = new AsyncDisposableStack();
});
afterEach(() => closing.disposeAsync());

/** The example service with a clock that can be put wrong, and servers whose clocks are right. */
async function start(offMs: number) {
  const folder = closing.adopt(mkdtempSync(join(tmpdir(), 'parley-clock-')), (path) => rmSync(path, { recursive: true }));
  const clock = join(folder, 'clock');
  const setClock = (off: number) => writeFileSync(clock, String(off));
  setClock(offMs);
  const database = closing.use(await testDatabase(testLog));
  const redis = closing.use(await startRedisServer());
  const [port, away] = [await freePort(), await freePort()];
  const child = spawn(process.execPath, ['--import', wrongClock, example], {
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      HOST: '127.0.0.1',
      BROKER_URL: `amqp://127.0.0.1:${away}`,
      CACHE_URL: redis.url,
      DATABASE_URL: database.url,
      AUTH_URL: `http://127.0.0.1:${away}`,
      ALLOWED_ORIGINS: 'https://parley.test',
      GREETING: 'hello',
      WRONG_CLOCK: clock,
    },
  });
  closing.defer(() => void child.kill('SIGKILL'));
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += String(data)));
  const isReady = () =>
    fetch(`http://127.0.0.1:${port}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  return { setClock, said: () => said, isReady, ended: once(child, 'exit').then(([code]) => code as number | null) };
}

test('a process whose clock goes wrong leaves as if it had been told to', async () => {
  const { setClock, isReady, ended, said } = await start(0);
  await until(isReady, 60_000);
  setClock(FIVE_MINUTES);
  expect(await ended).toBe(0);
  expect(said()).toContain('the clock of this machine is wrong by');
});

test('one that starts with a wrong clock takes nothing until it is right', async () => {
  const { setClock, isReady, said } = await start(-FIVE_MINUTES);
  await until(() => said().includes('not starting until it is right'));
  expect(await isReady()).toBe(false);
  setClock(0);
  await until(isReady, 60_000);
});

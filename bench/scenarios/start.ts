import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createNodeSession } from '@parley/client-library/node';
import { authRoutes, uuidv7 } from '@parley/common/contracts';
import { freePort } from '@parley/common/testing';
import { round } from '../load.ts';
import { openSocket } from '../systems/parley.ts';
import { textOf } from '../wire/numbers.ts';
import { sendFrame } from '../wire/parley-frames.ts';
import type { Scenario } from './scenario.ts';

/** From `npm start`, once installed, to the first message that another person was shown: accounts, sessions and all. */
export const start: Scenario = {
  name: 'start',
  title: 'npm start to the first message',
  of: 'itself',
  async measure({ tell }) {
    const folder = mkdtempSync(join(tmpdir(), 'parley-start-'));
    try {
      const [fresh, again] = [await startOnce(folder), await startOnce(folder)];
      tell(
        `with no data: ready ${fresh.readyMs} ms, first message ${fresh.shownMs} ms; again: ready ${again.readyMs} ms, ${again.shownMs} ms`,
      );
      return { fresh, again };
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};

async function startOnce(folder: string) {
  const port = await freePort();
  const begun = performance.now();
  const child = spawn('npm', ['start', '--silent', '--', '--port', String(port), '--data', folder], {
    cwd: resolve(import.meta.dirname, '..', '..'),
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  try {
    const { promise: ready, resolve: said, reject } = Promise.withResolvers<void>();
    child.stdout.on('data', (bytes) => String(bytes).includes('ready at') && said());
    child.once('exit', () => reject(new Error('npm start ended')));
    await ready;
    const readyMs = round(performance.now() - begun);
    await firstMessage(port);
    return { readyMs, shownMs: round(performance.now() - begun) };
  } finally {
    process.kill(-(child.pid as number), 'SIGTERM');
    await once(child, 'exit');
  }
}

async function firstMessage(port: number) {
  const [ada, bob] = await Promise.all([signUp(port), signUp(port)]);
  const { promise: shown, resolve: show } = Promise.withResolvers<void>();
  const his = await openSocket(port, '/ws/chat', bob.headers, { text: (bytes) => bytes.includes(textOf(1)) && show() });
  const hers = await openSocket(port, '/ws/chat', ada.headers, {});
  hers.send(sendFrame(uuidv7(), bob.userId, textOf(1)));
  await shown;
  hers.close();
  his.close();
}

async function signUp(port: number) {
  const base = `http://127.0.0.1:${port}`;
  const session = createNodeSession({ base });
  const userName = `b${uuidv7().replaceAll('-', '').slice(-20)}`;
  const response = await session.fetch(`${base}${authRoutes.signUp.path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ userName, displayName: userName, email: `${userName}@parley.test`, password: uuidv7() }),
  });
  if (!response.ok) throw new Error(await response.text());
  const { userId } = (await response.json()) as { userId: string };
  return { userId, headers: { origin: base, cookie: [...session.cookies].map(([name, value]) => `${name}=${value}`).join('; ') } };
}

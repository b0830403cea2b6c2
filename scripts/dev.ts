import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * `npm start` that starts anew whenever a file changes that the services run on; its data stays. The page is served from its
 * sources: a change there shows at once, and after a new start it loads itself again.
 */
const root = resolve(import.meta.dirname, '..');
const watched = ['common', 'auth', 'users', 'messages', 'socket-handler', 'notifications', 'platform'];
/** What one save, or one checkout of a branch, changes counts as one change. */
const SETTLE_MS = 100;

const isSource = (file: string) => /\.(ts|sql|prisma)$/.test(file) && !/\.test\.ts$|(^|\/)(generated|tests|node_modules)\//.test(file);

let platform: ChildProcess;
let stopping = false;
let changed = new Set<string>();
let settle: NodeJS.Timeout | undefined;
let restarting: Promise<void> | undefined;

function start() {
  // Through run.mjs, because a changed schema needs its client generated anew.
  platform = spawn(process.execPath, [join(root, 'scripts/run.mjs'), 'platform/src/start.ts', '--live-page', ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  platform.once('exit', (code) => {
    if (stopping) process.exitCode = code ?? 0;
    else if (!restarting) console.log('\nParley ended. It starts again with the next change.');
  });
}

async function stop() {
  if (platform.exitCode !== null || platform.signalCode !== null) return;
  const ended = once(platform, 'exit');
  platform.kill('SIGTERM');
  await ended;
}

async function restart() {
  while (changed.size > 0 && !stopping) {
    console.log(`\nChanged: ${[...changed].join(', ')}`);
    changed = new Set();
    await stop();
  }
  restarting = undefined;
  if (!stopping) start();
}

for (const folder of watched) {
  watch(join(root, folder), { recursive: true }, (_event, name) => {
    if (!name || !isSource(name)) return;
    changed.add(join(folder, name));
    clearTimeout(settle);
    settle = setTimeout(() => {
      restarting ??= restart();
    }, SETTLE_MS);
  });
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, async () => {
    if (stopping) return;
    stopping = true;
    await restarting;
    await stop();
    process.exit();
  });
}

start();

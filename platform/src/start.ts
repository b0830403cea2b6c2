import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { CLUSTER, type DataFolder, openDataFolder } from './data-folder.ts';
import { claimForDemo, invitation } from './demo/settling.ts';
import { help, isLoopback, type Options, readOptions } from './options.ts';
import { stopOrphan } from './postgres/orphan.ts';

/** Longer than any clean stop takes; past it something hangs, and whoever asked to stop must not be kept waiting. */
const GRACE_MS = 10_000;

const say = (line: string) => process.stdout.write(`${line}\n`);
const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

async function start(options: Options, stop: AbortSignal) {
  const began = performance.now();
  // Loaded late: `--help` and a wrong option are answered at once. Read before anything is made, or forgotten.
  const [{ checkEnvironment }, { startEmbedded }] = await Promise.all([import('./services.ts'), import('./embedded.ts')]);
  checkEnvironment();
  using folder = openDataFolder(options.data);
  const unfinished = options.demo && claimForDemo(folder) === 'unfinished';
  if (options.fresh || unfinished) await forget(folder);
  await using parley = await startEmbedded({ ...options, folder, signal: stop, tell: (what) => say(`  ${what}`) });
  say(`\nParley is ready at ${parley.url}  (${seconds(began)})`);
  if (options.demo) say(invitation(new URL(parley.url).port));
  say(`Everything is kept in ${folder.path}. Ctrl-C stops it.`);
  if (!isLoopback(options.host)) {
    say('\nIt listens beyond this machine: browsers keep its cookies only over HTTPS, so put a proxy with a certificate in front.');
  }
  // What was compiled is kept for the next start; left alone, Node would write it while somebody waits for the stop.
  flushCompileCache();
  await new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }));
  say('\nStopping …');
}

async function forget(folder: DataFolder) {
  folder.mustBeOurs();
  await stopOrphan(join(folder.path, CLUSTER));
  folder.empty();
}

/** By name: `--help` is not to wait for everything to load. */
const sayable = new Set(['Unusable', 'EnvironmentError', 'MigrationError']);

const stop = new AbortController();
let stoppedAt = 0;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (stop.signal.aborted) return;
    stoppedAt = performance.now();
    stop.abort();
    setTimeout(() => process.exit(1), GRACE_MS).unref();
  });
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) say(help);
  else await start(options, stop.signal);
  if (stop.signal.aborted) say(`Stopped in ${seconds(stoppedAt)}.`);
} catch (error) {
  if (error === stop.signal.reason) say(`Stopped in ${seconds(stoppedAt)}.`);
  else {
    process.exitCode = 1;
    process.stderr.write(`\n${explain(error)}\n`);
  }
}

/** What a person can put right is said in words; a fault of our own shows where it is. */
function explain(error: unknown): string {
  if (error instanceof Error && sayable.has(error.name)) return error.message;
  return inspect(error);
}

// Plain JavaScript for the Node that came with npm (20 or newer): makes the clone ready, then runs a TypeScript file on
// the Node that is pinned in package.json. Every npm script goes through here, because nothing runs at install time.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { binaries, pinnedNode } from './prepare/node.mjs';
import { prepare, root, Unprepared } from './prepare/prepare.mjs';

const [file, ...rest] = process.argv.slice(2);
if (!file) throw new Error('usage: node scripts/run.mjs <file.ts> [arguments]');

try {
  // A live page is served from its sources, and whoever starts anew with every change waits for no build.
  await prepare({ page: file !== 'scripts/dev.ts' && !rest.includes('--live-page') });
  run(pinnedNode(root), [join(root, file), ...rest]);
} catch (error) {
  if (!(error instanceof Unprepared)) throw error;
  console.error(`\nParley: ${error.message}`);
  process.exitCode = 1;
}

/**
 * @param {string} node
 * @param {string[]} parameters
 */
function run(node, parameters) {
  const env = {
    ...process.env,
    PATH: `${binaries(root)}${delimiter}${process.env.PATH ?? ''}`,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, '.cache', 'compiled'),
  };
  const child = spawn(node, parameters, { stdio: 'inherit', env });
  // A terminal sends Ctrl-C to the whole group, others send a signal to this process alone: the child takes either once.
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
  child.once('error', (error) => {
    console.error(`Parley: ${node} does not start (${error.message}).`);
    process.exitCode = 1;
  });
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
  });
}

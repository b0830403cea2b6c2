import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pinnedNode } from './node.mjs';
import { Unprepared } from './unprepared.mjs';

/** What the client is built from. */
const sources = [
  'client/index.html',
  'client/vite.config.ts',
  'client/service-worker-build.ts',
  'client/package.json',
  'client/public',
  'client/src',
  'client/library/src',
  'common/src/contracts',
  'package-lock.json',
];

/** Whether the page that is served was built from what lies here. @param {string} root */
export const isPageBuilt = (root) => readStamp(root) === stampOf(root);

/** @param {string} root */
export async function buildPage(root) {
  const stamp = stampOf(root);
  if (readStamp(root) === stamp) return;
  console.log('Parley: building the page …');
  const built = join(root, 'client', 'dist.next');
  rmSync(built, { recursive: true, force: true });
  const failure = await vite(root, built);
  if (failure === undefined) {
    writeFileSync(stampPath(built), stamp);
    replace(join(root, 'client', 'dist'), built);
  } else if (existsSync(stampPath(join(root, 'client', 'dist')))) {
    console.warn(`Parley: the page could not be built; the one from before is served.\n${failure}`);
  } else {
    throw new Unprepared(`the page could not be built:\n${failure}`);
  }
}

/**
 * Undefined when it worked, otherwise what was said.
 * @param {string} root
 * @param {string} folder
 * @returns {Promise<string | undefined>}
 */
async function vite(root, folder) {
  const command = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const child = spawn(pinnedNode(root), [command, 'build', 'client', '--outDir', folder, '--logLevel', 'warn'], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  return code === 0 ? undefined : said;
}

/** A build takes the place of the one before as a whole. @param {string} place @param {string} built */
function replace(place, built) {
  const old = `${place}.old`;
  rmSync(old, { recursive: true, force: true });
  if (existsSync(place)) renameSync(place, old);
  renameSync(built, place);
  rmSync(old, { recursive: true, force: true });
}

/** @param {string} folder */
const stampPath = (folder) => join(folder, '.stamp');

/** @param {string} root */
function readStamp(root) {
  const path = stampPath(join(root, 'client', 'dist'));
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** @param {string} root */
function stampOf(root) {
  const hash = createHash('sha256');
  for (const source of sources) for (const file of filesIn(join(root, source))) hash.update(file).update('\0').update(readFileSync(file));
  return hash.digest('hex');
}

/** @param {string} path @returns {string[]} */
function filesIn(path) {
  if (!existsSync(path)) return [];
  const entries = readEntries(path);
  if (!entries) return [path];
  return entries
    .flatMap((entry) => (entry.isDirectory() ? filesIn(join(path, entry.name)) : [join(path, entry.name)]))
    .filter((file) => !/\.test\.tsx?$/.test(file))
    .sort();
}

/** Undefined: it is a file. @param {string} path */
function readEntries(path) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOTDIR') return;
    throw error;
  }
}

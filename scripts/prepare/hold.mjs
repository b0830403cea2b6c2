import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { birthOf, isAlive } from './processes.mjs';

/** @typedef {{ readonly pid: number, readonly birth?: string | undefined }} Holder */

/**
 * Makes this file the sign that something is in use by this process, until it deletes it; or answers which process uses
 * it. The file appears with its content in one step, and only one of those who find it abandoned can move it away.
 * @param {string} path
 * @param {typeof linkSync} [link]
 * @returns {Holder | undefined}
 */
export function hold(path, link = linkSync) {
  const mine = `${path}.${process.pid}`;
  try {
    writeFileSync(mine, JSON.stringify({ pid: process.pid, birth: birthOf(process.pid) }));
    while (!appears(mine, path, link)) {
      const holder = holderOf(path);
      if (holder) return holder;
      moveAway(path, link);
    }
    return;
  } finally {
    rmSync(mine, { force: true });
  }
}

/**
 * @param {string} mine
 * @param {string} path
 * @param {typeof linkSync} link
 */
const appears = (mine, path, link) => unless('EEXIST', () => link(mine, path));

/** Whoever holds it and lives. @param {string} path @returns {Holder | undefined} */
export function holderOf(path) {
  try {
    const { pid, birth } = /** @type {Holder} */ (JSON.parse(readFileSync(path, 'utf8')));
    return pid > 0 && isAlive(pid) && (birth === undefined || birthOf(pid) === birth) ? { pid, birth } : undefined;
  } catch {
    return;
  }
}

/**
 * @param {string} path
 * @param {typeof linkSync} link
 */
function moveAway(path, link) {
  const aside = `${path}.left.${process.pid}`;
  // Another one may be quicker; the next look decides.
  if (!unless('ENOENT', () => renameSync(path, aside))) return;
  // Or it was quicker between the look and the move, and has taken it: then it is theirs.
  if (holderOf(aside)) appears(aside, path, link);
  rmSync(aside, { force: true });
}

/**
 * False when it fails for this reason.
 * @param {string} code
 * @param {() => void} act
 */
function unless(code, act) {
  try {
    act();
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === code) return false;
    throw error;
  }
}

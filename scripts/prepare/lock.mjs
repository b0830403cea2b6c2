import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { hold } from './hold.mjs';
import { Unprepared } from './unprepared.mjs';

const LOOK_AGAIN_MS = 200;
/** Longer than a first preparation takes over a slow line. */
const PATIENCE_MS = 15 * 60_000;

/**
 * Runs a task while no other Parley command of this clone prepares it; the others wait for their turn.
 * @param {string} root
 * @param {() => Promise<void>} task
 * @param {number} [patienceMs]
 */
export async function withLock(root, task, patienceMs = PATIENCE_MS) {
  const path = join(root, '.cache', 'preparing.lock');
  await take(path, performance.now() + patienceMs);
  try {
    await task();
  } finally {
    rmSync(path, { force: true });
  }
}

/**
 * @param {string} path
 * @param {number} deadline
 */
async function take(path, deadline) {
  let told = 0;
  for (let holder = attempt(path); holder; holder = attempt(path)) {
    const { pid } = holder;
    const remedy = `If process ${pid} is something else, delete ${path}.`;
    if (performance.now() >= deadline) throw new Unprepared(`process ${pid} has been preparing this clone for too long. ${remedy}`);
    if (told !== pid) console.log(`Parley: another command (process ${pid}) is preparing this clone; waiting for it … ${remedy}`);
    told = pid;
    await delay(LOOK_AGAIN_MS);
  }
}

/** @param {string} path */
function attempt(path) {
  try {
    mkdirSync(join(path, '..'), { recursive: true });
    return hold(path);
  } catch (error) {
    const { message } = /** @type {Error} */ (error);
    throw new Unprepared(`this clone can't be prepared (${message}). It has to be writable, on a file system with hard links.`);
  }
}

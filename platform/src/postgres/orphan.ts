import { execFile } from 'node:child_process';
import { readFile, readlink, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { birthOf, isAlive } from '../../../scripts/prepare/processes.mjs';
import { Unusable } from '../unusable.ts';

const POLITE_MS = 10_000;
const FIRM_MS = 5_000;
const LOOK_AGAIN_MS = 20;

/**
 * Stops the PostgreSQL that a killed Parley left behind in this folder; answers its process id. Call it only while
 * holding the data folder: then whoever runs on it has nobody left.
 */
export async function stopOrphan(cluster: string): Promise<number | undefined> {
  const left = await readPidFile(cluster);
  if (!left) return undefined;
  const { pid } = left;
  if (!isAlive(pid)) {
    // PostgreSQL itself would take it for alive while its number is not free.
    if (birthOf(pid)) await rm(pidFile(cluster), { force: true });
    return undefined;
  }
  if (!(await runsIn(left, cluster))) return undefined;
  for (const [signal, wait] of [
    ['SIGINT', POLITE_MS],
    ['SIGQUIT', FIRM_MS],
  ] as const) {
    process.kill(pid, signal);
    if (await endsWithin(pid, wait)) return pid;
  }
  throw new Unusable(
    `A PostgreSQL of an earlier start (process ${pid}) still runs in ${cluster} and does not stop. End it, then start again.`,
  );
}

const pidFile = (cluster: string) => join(cluster, 'postmaster.pid');

interface Left {
  readonly pid: number;
  /** The folder, as the command that started it spelled it. */
  readonly spelled: string | undefined;
}

async function readPidFile(cluster: string): Promise<Left | undefined> {
  const [number = '', spelled] = (await readFile(pidFile(cluster), 'utf8').catch(() => '')).split('\n');
  const pid = Number.parseInt(number, 10);
  return pid > 0 ? { pid, spelled } : undefined;
}

/**
 * The number may belong to another process by now, which must not be harmed. A PostgreSQL works in its folder, whatever
 * path led there; where that may not be seen (it runs as somebody else), its command names the folder.
 */
async function runsIn({ pid, spelled }: Left, cluster: string): Promise<boolean> {
  const worksIn = process.platform === 'linux' ? await readlink(`/proc/${pid}/cwd`).catch(() => undefined) : undefined;
  if (worksIn !== undefined) return worksIn === (await realpath(cluster));
  const command = await commandOf(pid).catch(() => '');
  return command.includes(cluster) || Boolean(spelled && command.includes(spelled));
}

async function commandOf(pid: number): Promise<string> {
  if (process.platform === 'linux') return await readFile(`/proc/${pid}/cmdline`, 'utf8');
  const { stdout } = await promisify(execFile)('ps', ['-ww', '-o', 'command=', '-p', String(pid)]);
  return stdout;
}

async function endsWithin(pid: number, milliseconds: number): Promise<boolean> {
  const deadline = performance.now() + milliseconds;
  while (performance.now() < deadline) {
    if (!isAlive(pid)) return true;
    await delay(LOOK_AGAIN_MS);
  }
  return false;
}

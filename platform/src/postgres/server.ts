import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { bareEnvironment } from '../config.ts';
import { Unusable } from '../unusable.ts';
import type { Command } from './ordinary-user.ts';

/** One running server process. */
export interface Server {
  readonly exited: Promise<void>;
  stop(): Promise<void>;
}

export interface Launch {
  readonly command: Command;
  readonly logFile: string;
  /** A database of it, to see whether it answers. */
  readonly url: string;
  /** Windows has no signals: there another command stops the server. */
  readonly stopCommand: Command;
  readonly signal: AbortSignal;
}

const READY_MS = 60_000;
const LOOK_AGAIN_MS = 10;
/** Past this a shutdown is made an immediate one: nothing is lost, the next start replays the log. */
const FAST_MS = 2_000;
const LAST_LINES = 5;
/** Past this what was said in earlier runs is forgotten at a start. */
const LOG_MAX_BYTES = 5_000_000;

/** Resolves when this very server answers; throws when it ends first, or when the signal says to give up. */
export async function launch({ command: [file, ...parameters], logFile, url, stopCommand, signal }: Launch): Promise<Server> {
  const log = openSync(logFile, isLong(logFile) ? 'w' : 'a', 0o600);
  // Whatever else may answer at this address does not know it.
  const name = randomUUID();
  // In a session of its own: a Ctrl-C at the terminal is for Parley, which stops its database last.
  const child = spawn(file, [...parameters, '-c', `cluster_name=${name}`], {
    stdio: ['ignore', log, log],
    env: bareEnvironment(),
    detached: true,
  });
  closeSync(log);
  let running = true;
  const exited = new Promise<void>((resolve) => {
    for (const event of ['exit', 'error'] as const) child.once(event, () => resolve());
  }).then(() => {
    running = false;
  });
  const stop = async () => {
    if (!running) return;
    if (process.platform === 'win32') await promisify(execFile)(stopCommand[0], stopCommand.slice(1));
    else child.kill('SIGINT');
    const firm = setTimeout(() => child.kill('SIGQUIT'), FAST_MS);
    await exited;
    clearTimeout(firm);
  };

  for (const deadline = performance.now() + READY_MS; performance.now() < deadline; await delay(LOOK_AGAIN_MS)) {
    if (signal.aborted) await stop();
    signal.throwIfAborted();
    if (!running) throw new Unusable(`PostgreSQL did not start. It said (${logFile}):\n${lastLines(logFile)}`);
    if (await answers(url, name)) return { exited, stop };
  }
  await stop();
  throw new Unusable(`PostgreSQL did not get ready within ${READY_MS / 1000} s. It said (${logFile}):\n${lastLines(logFile)}`);
}

const isLong = (path: string) => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > LOG_MAX_BYTES;

async function answers(url: string, name: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ cluster_name: string }>('SHOW cluster_name');
    return rows[0]?.cluster_name === name;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

const lastLines = (path: string) => readFileSync(path, 'utf8').trimEnd().split('\n').slice(-LAST_LINES).join('\n');

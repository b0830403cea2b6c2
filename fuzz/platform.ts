import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { freePort } from '@parley/common/testing';
import { type Inside, lookInside } from '../bench/inside.ts';
import { raised } from '../bench/raised.ts';
import { postgresOf } from '../platform/tests/parley.ts';

const root = resolve(import.meta.dirname, '..');

export interface PlatformOptions {
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** What `npm start` starts, on a port and a folder of its own, with a window to look inside. */
export async function startPlatform({ folder, environment = raised }: PlatformOptions) {
  const [port, window] = [await freePort(), await freePort()];
  const child = spawn(
    process.execPath,
    [`--inspect=127.0.0.1:${window}`, join(root, 'platform/src/start.ts'), '--port', String(port), '--data', folder],
    {
      cwd: root,
      env: { ...process.env, LOG_LEVEL: 'warn', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const said: string[] = [];
  let inside: Inside | undefined;
  const ready = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said.push(...text.split('\n').filter(Boolean));
      if (text.includes('ready at')) ready.resolve();
      // One that crashes ends when nobody looks at it any more.
      if (text.includes('Waiting for the debugger')) inside?.[Symbol.dispose]();
    });
  }
  // Not when it exits: by then it may have said more than was read.
  const exited = once(child, 'close').then(() => `exit ${child.exitCode ?? child.signalCode}`);
  await Promise.race([ready.promise, exited.then((how) => Promise.reject(new Error(`it did not start (${how}):\n${said.join('\n')}`)))]);
  inside = await lookInside(child.pid as number, window);
  const { look } = inside;
  let heard = said.length;
  const stop = () => {
    inside?.[Symbol.dispose]();
    if (isRunning(child)) child.kill('SIGTERM');
    return exited;
  };

  return {
    url: `http://127.0.0.1:${port}`,
    look,
    /** How it ended, as soon as it did. */
    exited,
    /** As Ctrl-C does; answers with how it ended. */
    stop,
    get running() {
      return isRunning(child);
    },
    /** What it said since the last time that it should not have to: errors of its own, and warnings of Node. */
    complaints() {
      const fresh = said.slice(heard);
      heard = said.length;
      return fresh.filter(isComplaint);
    },
    async [Symbol.asyncDispose]() {
      await stop();
      // One that crashed has left its PostgreSQL behind.
      const postgres = postgresOf(folder);
      if (postgres !== undefined) process.kill(postgres, 'SIGINT');
    },
  };
}

export type Platform = Awaited<ReturnType<typeof startPlatform>>;

const isRunning = (child: ChildProcess) => child.exitCode === null && child.signalCode === null;

const ERROR_LEVEL = 50;

function isComplaint(line: string): boolean {
  if (/[Dd]ebugg|inspector/.test(line)) return false;
  if (!line.startsWith('{')) return !/^(Stopp|\s*$)/.test(line);
  return (
    (JSON.parse(line) as { level: number | string }).level === 'error' ||
    Number((JSON.parse(line) as { level: number }).level) >= ERROR_LEVEL
  );
}

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { until } from '@parley/common/testing';

export const has = (program: string) =>
  [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'].some((folder) => existsSync(join(folder, program)));

/** The first line that a program says when it is asked for its version. */
export function versionOf(program: string, ...parameters: string[]): string {
  try {
    return (
      execFileSync(program, parameters, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
        .trim()
        .split('\n')[0] ?? ''
    );
  } catch {
    return 'unknown';
  }
}

/** The version of an installed Debian package, without Debian's own additions. */
export const packageVersion = (name: string) =>
  /^[\d.]+/.exec(versionOf('dpkg-query', '-W', `-f=\${Version}`, name).replace(/^\d+:/, ''))?.[0] ?? 'unknown';

export interface Program extends AsyncDisposable {
  readonly child: ChildProcess;
}

export interface ProgramOptions {
  readonly command: readonly [string, ...string[]];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly logFile: string;
  /** It is there when it answers here. */
  readonly port: number;
}

const READY_MS = 60_000;
const STOP_MS = 20_000;

/** A server of the harness's own: started until it listens, ended with all that it started. */
export async function startProgram({ command: [file, ...parameters], env, cwd, logFile, port }: ProgramOptions): Promise<Program> {
  const log = openSync(logFile, 'a');
  const child = spawn(file, parameters, {
    env: { ...process.env, ...env },
    ...(cwd && { cwd }),
    stdio: ['ignore', log, log],
    detached: true,
  });
  const over = () => child.exitCode !== null || child.signalCode !== null;
  await until(async () => over() || (await listens(port)), READY_MS);
  if (over()) throw new Error(`${file} ended while it started: ${readFileSync(logFile, 'utf8').slice(-2_000)}`);
  return {
    child,
    async [Symbol.asyncDispose]() {
      if (over()) return;
      const ended = once(child, 'exit');
      process.kill(-(child.pid as number), 'SIGTERM');
      const firm = setTimeout(() => process.kill(-(child.pid as number), 'SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(firm);
    },
  };
}

const listens = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

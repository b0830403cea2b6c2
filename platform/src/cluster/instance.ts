import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Service } from '@parley/common/contracts';
import { bareEnvironment } from '../config.ts';

const here = fileURLToPath(new URL('../../..', import.meta.url));
/** Past it a process that was told to stop is ended. */
const STOP_WITHIN_MS = 40_000;
const READY_WITHIN_MS = 120_000;

export interface InstanceOptions {
  readonly service: Service;
  readonly number: number;
  readonly port: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** The folder of the version that it runs, asked at each start; this one's when absent. */
  readonly code?: (() => string | undefined) | undefined;
  /** It has ended, and nobody told it to; or it was told to stop, and did not end well. */
  readonly onEndedBadly?: ((how: string) => void) | undefined;
}

/** One process of one service, as a pod would be: it can be stopped, killed, frozen and started again on the same port. */
export function createInstance({ service, number, port, environment, logFile, code, onEndedBadly }: InstanceOptions) {
  const name = `${service}-${number}`;
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  let starts = 0;
  let told: 'nothing' | 'to stop' | 'to end' = 'nothing';

  const ended = (code: number | null, signal: NodeJS.Signals | null) => {
    if (told === 'to end' || (told === 'to stop' && code === 0)) return;
    onEndedBadly?.(`${signal ?? `exit ${code}`}${told === 'to stop' ? ', told to stop' : ''}`);
  };
  const running = () => child !== undefined && child.exitCode === null && child.signalCode === null;
  const gone = async () => {
    if (child && running()) await once(child, 'exit');
  };

  return {
    name,
    service,
    url,
    port,
    get pid() {
      return running() ? child?.pid : undefined;
    },
    async start() {
      starts += 1;
      told = 'nothing';
      const log = createWriteStream(logFile, { flags: 'a' });
      const root = code?.() ?? here;
      child = spawn(process.execPath, [join(root, service, 'src', 'main.ts')], {
        cwd: root,
        // A pod that restarts is another pod: its name says so, as Kubernetes does for Deployments.
        env: {
          ...bareEnvironment(),
          ...environment,
          PORT: String(port),
          HOST: '127.0.0.1',
          POD_NAME: `${name}-${starts}-${process.pid}`,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stdout?.pipe(log);
      child.stderr?.pipe(log);
      child.once('exit', ended);
      await once(child, 'spawn');
    },
    async ready() {
      const deadline = Date.now() + READY_WITHIN_MS;
      while (!(await isReady(url))) {
        if (!running()) throw new Error(`${name} ended before it was ready: ${await lastWords(logFile)}`);
        if (Date.now() > deadline) throw new Error(`${name} did not become ready; see ${logFile}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    signal(signal: NodeJS.Signals) {
      if (!running()) return;
      // One that is frozen has not been told to end.
      if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') told = 'to end';
      child?.kill(signal);
    },
    /** As a rollout does it: told to stop, it drains and ends. */
    async stop() {
      if (!running()) return;
      told = 'to stop';
      child?.kill('SIGTERM');
      const timer = setTimeout(() => child?.kill('SIGKILL'), STOP_WITHIN_MS);
      await gone();
      clearTimeout(timer);
    },
    async kill() {
      if (!running()) return;
      told = 'to end';
      child?.kill('SIGKILL');
      await gone();
    },
  };
}

export type Instance = ReturnType<typeof createInstance>;

const isReady = (url: string) =>
  fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(1_000) }).then(
    ({ ok }) => ok,
    () => false,
  );

/** Its folder may be gone by the time that somebody wants to know. */
const lastWords = async (logFile: string) => (await readFile(logFile, 'utf8').catch(() => '')).split('\n').slice(-5).join('\n');

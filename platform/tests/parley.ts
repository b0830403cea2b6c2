import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { authRoutes, type Me } from '@parley/common/contracts';
import { type Visitor, visitor } from '@parley/common/testing';

const root = resolve(import.meta.dirname, '..', '..');
/** Past what a loaded machine needs for a first start. */
const READY_WITHIN_MS = 60_000;

export interface StartOptions {
  readonly data: string;
  readonly port?: number;
  readonly more?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
}

/** The real command, as a process of its own. */
export interface Started extends AsyncDisposable {
  /** All that it said so far. */
  readonly output: string;
  readonly exited: Promise<number | null>;
  url(): Promise<string>;
  says(what: RegExp): Promise<RegExpExecArray>;
  /** Throws when it ends by itself, with all that it said. */
  ended(): Promise<never>;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** The platform itself gets no chance to tidy anything up. */
  kill(): Promise<void>;
}

/** A folder that only its owner may enter, inside another one. */
export function privateFolder(name = 'data') {
  const folder = mkdtempSync(join(root, '.cache', 'test-'));
  return { path: join(folder, name), [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

export function start({ data, port = 0, more = [], environment = {} }: StartOptions): Started {
  return run(['--data', data, '--port', String(port), ...more], environment, data);
}

/** `npm start`, or what else takes its options and says the same (infra/images/run.ts). */
const command = process.env.PARLEY_START || 'platform/src/start.ts';

export const run = (parameters: readonly string[], environment: NodeJS.ProcessEnv = {}, data?: string) =>
  runFile([command, ...parameters], environment, data);

export function runFile(command: readonly string[], environment: NodeJS.ProcessEnv = {}, data?: string): Started {
  const child = spawn(process.execPath, [join(root, 'scripts/run.mjs'), ...command], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const exited = once(child, 'close').then(() => child.exitCode);

  const says = async (what: RegExp) => {
    for (const deadline = performance.now() + READY_WITHIN_MS; performance.now() < deadline; ) {
      const said = what.exec(output);
      if (said) return said;
      if (hasEnded(child)) throw new Error(`it ended before it said ${what}:\n${output}`);
      await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), exited]);
    }
    throw new Error(`it did not say ${what}:\n${output}`);
  };
  const stop = async (signal: NodeJS.Signals = 'SIGINT') => {
    child.kill(signal);
    return exited;
  };
  return {
    get output() {
      return output;
    },
    exited,
    says,
    ended: () =>
      exited.then((code) => {
        throw new Error(`it ended with ${code}:\n${output}`);
      }),
    url: async () => (await says(/ready at (\S+)/))[1] as string,
    stop,
    async kill() {
      if (data) process.kill(holderOf(data), 'SIGKILL');
      await exited;
    },
    async [Symbol.asyncDispose]() {
      if (!hasEnded(child)) await stop('SIGTERM');
    },
  };
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

const holderOf = (data: string) => JSON.parse(readFileSync(join(data, 'parley.lock'), 'utf8')).pid as number;

/** The process of the PostgreSQL in a data folder, as long as there is one. */
export function postgresOf(data: string): number | undefined {
  const path = join(data, 'postgres', 'postmaster.pid');
  return existsSync(path) ? Number.parseInt(readFileSync(path, 'utf8'), 10) : undefined;
}

export const password = 'correct horse battery staple';

/** Somebody at a page that this Parley trusts. */
export const at = (url: string): Visitor => visitor(url, { origin: url });

export async function signUp(url: string, userName: string): Promise<{ me: Me; visitor: Visitor }> {
  const guest = at(url);
  const me = await guest.call(authRoutes.signUp, { email: `${userName}@parley.test`, userName, displayName: userName, password });
  return { me, visitor: guest };
}

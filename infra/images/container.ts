import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { promisify } from 'node:util';
import type { Engine } from './engine.ts';

export interface ContainerOptions {
  readonly image: string;
  /** Unless the image says who runs in it. */
  readonly user?: string;
  readonly command?: readonly string[];
  /** Where it answers `/health/ready`. */
  readonly port: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** From this machine into the container, where they can't be changed. */
  readonly files?: Readonly<Record<string, string>>;
  /** Whether it has a /tmp to write to. */
  readonly temporary?: boolean;
  readonly logFile: string;
  readonly signal: AbortSignal;
}

export interface Container extends AsyncDisposable {
  /** Milliseconds from asking for it to its being ready. */
  readonly readyAfter: number;
}

const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_S = 40;

/** A container as a cluster would run it: nothing in it can be written, and it may do nothing that any user may not. */
export async function startContainer(engine: Engine, options: ContainerOptions): Promise<Container> {
  const { image, command: [entrypoint, ...parameters] = [], port, environment = {}, files = {}, temporary = false, signal } = options;
  const name = `parley-${randomBytes(6).toString('hex')}`;
  const mounts = Object.entries(files).flatMap(([here, there]) => ['--volume', `${here}:${there}:ro`]);
  const contained = ['--read-only', '--cap-drop', 'all', '--security-opt', 'no-new-privileges', '--network', 'host'];
  const given = Object.keys(environment).flatMap((variable) => ['--env', variable]);
  const began = performance.now();
  const child = spawn(
    engine.name,
    [
      ...['run', '--rm', '--name', name, ...contained, ...mounts, ...given],
      ...(options.user ? ['--user', options.user] : []),
      ...(temporary ? ['--tmpfs', '/tmp'] : []),
      ...(entrypoint === undefined ? [image] : ['--entrypoint', entrypoint, image, ...parameters]),
    ],
    { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const log = createWriteStream(options.logFile);
  for (const stream of [child.stdout, child.stderr]) stream.pipe(log, { end: false });
  await using starting = new AsyncDisposableStack();
  starting.defer(() => stop(engine, child, name));
  while (!(await answers(port))) {
    signal.throwIfAborted();
    if (hasEnded(child)) throw new Error(`${image} ended before it was ready; see ${options.logFile}`);
    if (performance.now() - began > READY_WITHIN_MS) throw new Error(`${image} did not become ready; see ${options.logFile}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const readyAfter = performance.now() - began;
  const running = starting.move();
  return { readyAfter, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

async function stop(engine: Engine, child: ChildProcess, name: string) {
  if (hasEnded(child)) return;
  const exited = once(child, 'exit');
  await promisify(execFile)(engine.name, ['stop', '--time', String(STOP_WITHIN_S), name]).catch(() => child.kill());
  await exited;
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

const answers = (port: number) =>
  fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(1_000) }).then(
    ({ ok }) => ok,
    () => false,
  );

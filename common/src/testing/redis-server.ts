import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../server/free-port.ts';
import { until } from './until.ts';

/** A Redis of the test's own, for tests that take it away. */
export interface RedisServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Gone at once, and with it all it held. */
  kill(): Promise<void>;
  /** As an operator would; it keeps nothing either. */
  stop(): Promise<void>;
  /** On the same port again, empty. */
  start(): Promise<void>;
  /** There, but silent; a link stays open and nothing is answered. */
  pause(): void;
  goOn(): void;
}

export async function startRedisServer(): Promise<RedisServer> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'parley-redis-'));
  let server: ChildProcess | undefined;

  const start = async () => {
    server = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder], {
      stdio: 'ignore',
    });
    await until(() => reachable(port));
  };
  const end = async (signal: NodeJS.Signals) => {
    if (server?.exitCode === null && server.signalCode === null) {
      server.kill(signal);
      await once(server, 'exit');
    }
    server = undefined;
  };
  const kill = () => end('SIGKILL');

  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    start,
    kill,
    stop: () => end('SIGTERM'),
    pause: () => server?.kill('SIGSTOP'),
    goOn: () => server?.kill('SIGCONT'),
    async [Symbol.asyncDispose]() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** It answers PING, so it has not only bound its port. */
const reachable = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket
      .once('data', () => resolve(true))
      .once('error', () => resolve(false))
      .once('close', () => resolve(false));
    socket.once('data', () => socket.destroy());
  });

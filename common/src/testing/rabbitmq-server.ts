import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../server/free-port.ts';
import { until } from './until.ts';

/** The programs themselves: what distributions put on the path in front of them changes user and folder. */
const folders = ['/usr/lib/rabbitmq/bin', '/opt/rabbitmq/sbin', '/usr/local/sbin', '/opt/homebrew/sbin'];
const folder = folders.find((candidate) => existsSync(join(candidate, 'rabbitmq-server')));

export const hasRabbit = folder !== undefined;

/** A RabbitMQ of the test's own: its own node name, ports, data and port mapper, so that taking it away harms nobody. */
export interface RabbitServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** On the same port again, with what it kept. */
  start(): Promise<void>;
  /** As an operator would. */
  stop(): Promise<void>;
  /**
   * As a power cut would. It writes down half a second late which quorum queues it has, and can never use again one that it
   * had declared for less: that is for RabbitMQ to test.
   */
  kill(): Promise<void>;
  /** There, but silent. */
  pause(): void;
  goOn(): void;
  control(...args: string[]): Promise<string>;
}

const startPatience = 60_000;

/** It answers the protocol's greeting, which it does when all else is ready. */
const speaksAmqp = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('AMQP\0\0\x09\x01'));
    socket.once('error', () => resolve(false)).once('close', () => resolve(false));
    socket.once('data', () => {
      resolve(true);
      socket.destroy();
    });
  });

export interface RabbitSettings {
  /** Erlang's own way of setting what the broker's has no words for: entries of its application, `{name, value}`. */
  readonly advanced?: readonly string[];
}

export async function startRabbitServer({ advanced = [] }: RabbitSettings = {}): Promise<RabbitServer> {
  const data = await mkdtemp(join(tmpdir(), 'parley-rabbitmq-'));
  const [port, distribution, mapper] = [await freePort(), await freePort(), await freePort()];
  const config = join(data, 'rabbitmq.conf');
  await writeFile(config, `listeners.tcp.local = 127.0.0.1:${port}\nlog.console = false\n`);
  await writeFile(join(data, 'enabled_plugins'), '[].\n');
  await writeFile(join(data, 'env.conf'), '');
  await writeFile(join(data, 'advanced.config'), `[{rabbit, [${advanced.join(', ')}]}].\n`);
  await writeFile(join(data, '.erlang.cookie'), randomBytes(16).toString('hex'), { mode: 0o400 });
  const env = {
    ...process.env,
    HOME: data,
    ERL_EPMD_PORT: String(mapper),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: `parley-${port}@localhost`,
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(distribution),
    RABBITMQ_MNESIA_BASE: join(data, 'mnesia'),
    RABBITMQ_LOG_BASE: join(data, 'log'),
    RABBITMQ_CONFIG_FILE: config,
    RABBITMQ_ADVANCED_CONFIG_FILE: join(data, 'advanced.config'),
    RABBITMQ_CONF_ENV_FILE: join(data, 'env.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(data, 'enabled_plugins'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
  };
  const program = (name: string) => join(folder ?? '', name);
  const control = async (...args: string[]) => (await promisify(execFile)(program('rabbitmqctl'), args, { env })).stdout;
  const portMapper = spawn('epmd', ['-port', String(mapper), '-address', '127.0.0.1'], { stdio: 'ignore' });
  let server: ChildProcess | undefined;

  const lastWords = async () => (await readFile(join(data, 'log', `parley-${port}@localhost.log`), 'utf8').catch(() => '')).slice(-2_000);
  const start = async () => {
    server = spawn(program('rabbitmq-server'), [], { env, stdio: 'ignore', detached: true });
    await until(() => over(server) || speaksAmqp(port), startPatience);
    if (over(server)) throw new Error(`RabbitMQ ended while it started. ${await lastWords()}`);
  };
  const end = async (how: () => unknown) => {
    if (server && !over(server)) await Promise.all([once(server, 'exit'), how()]);
    server = undefined;
  };
  // The server is a family of processes; they are a group of their own.
  const signal = (name: NodeJS.Signals) => void (server?.pid && process.kill(-server.pid, name));
  const kill = () => end(() => signal('SIGKILL'));

  const dispose = async () => {
    await kill();
    portMapper.kill();
    await rm(data, { recursive: true, force: true, maxRetries: 5 });
  };

  try {
    await start();
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    url: `amqp://guest:guest@127.0.0.1:${port}`,
    port,
    start,
    stop: () => end(() => control('shutdown')),
    kill,
    pause: () => signal('SIGSTOP'),
    goOn: () => signal('SIGCONT'),
    control,
    [Symbol.asyncDispose]: dispose,
  };
}

const over = (server: ChildProcess | undefined) => server !== undefined && (server.exitCode !== null || server.signalCode !== null);

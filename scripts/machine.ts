import { access, constants } from 'node:fs/promises';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import pg from 'pg';
import { findChromium } from '../client/tests/chromium.ts';

const ANSWER_MS = 2_000;

/** What tests can use here: servers that answer, and programs that tests may start servers of their own with. */
export interface Machine {
  readonly postgres: boolean;
  readonly rabbitmq: boolean;
  readonly redis: boolean;
  /** A browser to look at the page with. */
  readonly chromium: boolean;
  readonly binaries: Readonly<Record<string, boolean>>;
}

const programs = ['rabbitmq-server', 'redis-server', 'nginx'];

export async function look(): Promise<Machine> {
  const [postgres, rabbitmq, redis, ...there] = await Promise.all([
    postgresAnswers(process.env.TEST_DATABASE_URL || 'postgresql://postgres@127.0.0.1:5432/postgres'),
    // Each says something of its own to this greeting, so that another program on the port is not taken for it.
    says(process.env.TEST_BROKER_URL || 'amqp://127.0.0.1:5672', 'AMQP\x00\x00\x09\x01', '\x01'),
    says(process.env.TEST_CACHE_URL || 'redis://127.0.0.1:6379', 'PING\r\n', '+'),
    ...programs.map(isInstalled),
  ]);
  return {
    postgres,
    rabbitmq,
    redis,
    chromium: findChromium() !== undefined,
    binaries: Object.fromEntries(programs.map((name, index) => [name, there[index] ?? false])),
  };
}

async function postgresAnswers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: ANSWER_MS });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

function says(url: string, greeting: string, expected: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), timeout: ANSWER_MS }, () => socket.write(greeting, 'latin1'));
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', (data) => done(data.toString('latin1').startsWith(expected)));
    socket.once('error', () => done(false)).once('timeout', () => done(false));
  });
}

async function isInstalled(program: string): Promise<boolean> {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = await Promise.allSettled(
    [...folders, '/usr/sbin', '/usr/local/sbin'].map((folder) => access(join(folder, program), constants.X_OK)),
  );
  return found.some(({ status }) => status === 'fulfilled');
}

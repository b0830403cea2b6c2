import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { uuidv7 } from '@parley/common/contracts';
import { freePort, hasRabbit } from '@parley/common/testing';
import pg from 'pg';
import { readAddress } from '../../platform/src/address-file.ts';
import { startCluster } from '../../platform/src/cluster/cluster.ts';
import { pause } from '../load.ts';
import { raised } from '../raised.ts';
import { textOf } from '../wire/numbers.ts';
import { deliveredFrame, sendFrame } from '../wire/parley-frames.ts';
import { openWebSocket } from '../wire/websocket.ts';
import { type Account, createSigner, seed } from './accounts.ts';
import { has, packageVersion } from './program.ts';
import { serverVersion } from './store.ts';
import type { Ears, System, SystemKind } from './system.ts';

const environment = { ...raised, DRAIN_SECONDS: '0', LOG_LEVEL: 'warn' };

/** With `PROFILE=<folder>` every process writes there what it spent its time on. */
const profiled = (): Record<string, string> => {
  const folder = process.env['PROFILE'];
  return folder ? { NODE_OPTIONS: `--max-semi-space-size=16 --cpu-prof --cpu-prof-dir=${resolve(folder)}` } : {};
};

export interface ParleyKind extends SystemKind {
  start(folder: string): Promise<Parley>;
}

export const embedded: ParleyKind = {
  name: 'embedded',
  title: 'Parley, embedded',
  lacks: () => undefined,
  from: 5_000,
  async start(folder) {
    const signer = createSigner();
    const port = await freePort();
    const child = spawn(process.execPath, ['platform/src/start.ts', '--port', String(port), '--data', folder], {
      cwd: resolve(import.meta.dirname, '..', '..'),
      env: { ...process.env, ...environment, SIGNING_KEYS: signer.pem, ...profiled() },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const { promise: ready, resolve: said, reject } = Promise.withResolvers<void>();
    child.stdout.on('data', (bytes) => String(bytes).includes('ready at') && said());
    child.once('exit', () => reject(new Error('Parley ended while it started')));
    await ready;
    const url = (database: string) => readAddress(folder)?.databases[database] as string;
    return withPeople({ port, signer, url, versions: {}, ends: 2 }, async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    });
  },
};

export const cluster: ParleyKind = {
  name: 'cluster',
  title: 'Parley, cluster',
  lacks: () => (hasRabbit && has('nginx') && has('redis-server') ? undefined : 'nginx, rabbitmq-server and redis-server'),
  from: 5_000,
  async start(folder) {
    const signer = createSigner();
    const instances = Number(process.env['INSTANCES'] ?? 1);
    const running = await startCluster({ folder, instances, environment: { ...environment, SIGNING_KEYS: signer.pem, ...profiled() } });
    const versions = {
      RabbitMQ: packageVersion('rabbitmq-server'),
      Redis: packageVersion('redis-server'),
      NGINX: packageVersion('nginx'),
      processes: `${instances} of each service`,
    };
    const port = Number(new URL(running.url).port);
    // NGINX has two of its own between the device and the service.
    return withPeople({ port, signer, url: running.postgres.url, versions, ends: 4 }, () => running[Symbol.asyncDispose]());
  },
};

/** A Parley that was seeded, however it runs: sessions, delivered receipts and notices are on. */
export interface Parley extends System {
  readonly port: number;
  readonly accounts: readonly Account[];
  url(database: string): string;
  headersOf(person: number): Record<string, string>;
}

interface Running extends Pick<Parley, 'port' | 'url' | 'versions' | 'ends'> {
  readonly signer: ReturnType<typeof createSigner>;
}

async function withPeople({ port, signer, url, versions, ends }: Running, stop: () => Promise<void>): Promise<Parley> {
  const accounts: Account[] = [];
  const database = new pg.Pool({ connectionString: url('parley_messages'), max: 1 });
  database.on('error', () => {});
  const idOf = (person: number) => (accounts[person] as Account).userId;
  const headersOf = (person: number) => ({ origin: `http://127.0.0.1:${port}`, cookie: (accounts[person] as Account).cookie });
  return {
    versions: { Node: process.versions.node, PostgreSQL: await serverVersion(database), ...versions },
    connections: 2,
    ends,
    keepsOrder: true,
    port,
    accounts,
    url,
    headersOf,
    async people(count) {
      if (count > accounts.length) accounts.push(...(await seed(url, signer, accounts.length, count)));
    },
    async device(person, ears) {
      const chat = await letIn(() => openSocket(port, '/ws/chat', headersOf(person), ears));
      const notifications = ears.bare ? undefined : await letIn(() => openSocket(port, '/ws/notifications', headersOf(person), {}));
      return {
        say: (to, number) => chat.send(sendFrame(uuidv7(), idOf(to), textOf(number))),
        // Every message counts one: a conversation in which one person talks is as long as what they said.
        delivered: (from, count) => chat.send(deliveredFrame(uuidv7(), idOf(from), count)),
        close() {
          chat.close();
          notifications?.close();
        },
      };
    },
    async stored() {
      const { rows } = await database.query<{ count: number }>('SELECT count(*)::integer AS count FROM messages');
      return rows[0]?.count ?? 0;
    },
    async [Symbol.asyncDispose]() {
      await database.end();
      await stop();
    },
  };
}

const TRIES = 10;

/** A service that has just started may not have the keys of auth yet: it says so, and whoever is told comes again a moment later. */
async function letIn<T>(opening: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await opening();
    } catch (error) {
      if (tries === TRIES || !String(error).includes('try-later')) throw error;
      await pause(200);
    }
  }
}

/** Resolves when the server has said hello: from then on this device is told everything. */
export async function openSocket(port: number, path: string, headers: Record<string, string>, { text, refused, closed }: Ears) {
  const { promise: greeted, resolve: hello, reject } = Promise.withResolvers<void>();
  // Whoever can't even connect is told so by the line itself.
  greeted.catch(() => {});
  let isGreeted = false;
  const line = await openWebSocket({
    port,
    path,
    headers: { ...headers, 'sec-websocket-protocol': 'parley.1' },
    onText(payload) {
      if (!isGreeted && payload.includes('"hello"')) {
        isGreeted = true;
        hello();
      }
      if (refused && payload.includes('"refused"')) refused();
      text?.(payload);
    },
    onClose(why) {
      reject(new Error(`${path} was closed ${why} before it said hello`));
      closed?.();
    },
  });
  await greeted;
  return line;
}

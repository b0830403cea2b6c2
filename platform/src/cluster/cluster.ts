import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Service } from '@parley/common/contracts';
import { freePort, startRabbitServer, startRedisServer } from '@parley/common/testing';
import { openDataFolder } from '../data-folder.ts';
import { createDatabases, type Postgres, startPostgres } from '../postgres/postgres.ts';
import { databaseOf } from '../worlds.ts';
import { createInstance, type Instance } from './instance.ts';
import { startEdge, type Upstreams } from './nginx.ts';

export const serviceNames = ['auth', 'users', 'messages', 'socket-handler', 'notifications'] as const satisfies Service[];

export interface ClusterOptions {
  /** For data and logs; everything that the cluster writes is in it. */
  readonly folder: string;
  /** One that is there already, with its databases, in place of one of the cluster's own. */
  readonly postgres?: Postgres;
  /** PostgreSQL's data, when it is to lie elsewhere. */
  readonly disk?: string;
  /** Where NGINX listens; any free port when absent. */
  readonly port?: number;
  /** Processes of each service. */
  readonly instances?: number | Partial<Record<Service, number>>;
  /** More of the environment, for all services or for one. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly environmentOf?: Partial<Record<Service, Readonly<Record<string, string>>>>;
  /** And for one process alone. */
  readonly environmentOfInstance?: (name: string) => Readonly<Record<string, string>>;
  /** The folder of the version that a process runs, asked at each of its starts; this one's when there is none. */
  readonly codeOf?: (name: string) => string | undefined;
  /** Gives a port that leads to another, for who wants to harm what passes between two processes of the cluster. */
  readonly between?: Between;
  /** A process has ended that nobody told to. */
  readonly onEndedBadly?: (name: string, how: string) => void;
  readonly signal?: AbortSignal;
  readonly tell?: (what: string) => void;
}

/**
 * Every process has its own way to each other one; its ends are what their instances are called (`messages-1`), or `nginx`,
 * `postgres`, `rabbitmq` and `redis`. One that asks another service does not choose its instance: NGINX does.
 */
export type Between = (from: string, to: string, port: number) => Promise<number>;

const straight: Between = async (_from, _to, port) => port;

/**
 * The platform as in production, on one machine: processes of every service behind NGINX, with PostgreSQL, RabbitMQ and
 * Redis of its own. Every process can be killed, stopped, frozen and started again.
 */
export async function startCluster(options: ClusterOptions) {
  const { folder, instances = 2, between = straight, signal = new AbortController().signal, tell = () => {} } = options;
  await using opening = new AsyncDisposableStack();
  const data = opening.use(openDataFolder(folder));
  const logs = join(data.path, 'logs');
  mkdirSync(logs, { recursive: true });

  tell('starting PostgreSQL, RabbitMQ and Redis …');
  const [postgres, broker, cache] = await Promise.all([
    options.postgres ??
      startPostgres({ folder: options.disk ?? data.path, password: data.secret('postgres'), onPort: true, signal, tell }).then((server) =>
        opening.use(server),
      ),
    startRabbitServer().then((server) => opening.use(server)),
    startRedisServer().then((server) => opening.use(server)),
  ]);
  if (!options.postgres) await createDatabases(postgres, serviceNames.filter(keeps).map(databaseOf));
  signal.throwIfAborted();

  const port = options.port || (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const internal = Object.fromEntries(await Promise.all(serviceNames.map(async (name) => [name, await freePort()]))) as Record<
    Service,
    number
  >;
  const addressesFor = async (from: string, service: Service) =>
    Object.fromEntries(
      await Promise.all(
        serviceNames
          .filter((to) => to !== service)
          .map(async (to) => [variableOf(to), `http://127.0.0.1:${await between(from, to, internal[to])}`] as const),
      ),
    );
  const environmentFor = async (name: string, service: Service): Promise<Record<string, string>> => ({
    ...(await addressesFor(name, service)),
    ...(keeps(service) && { DATABASE_URL: await at(postgres.url(databaseOf(service)), (own) => between(name, 'postgres', own)) }),
    ...(service === 'auth' && { AUTH_SECRET: data.secret('auth') }),
    ...(holdsSockets.has(service) && { NODE_OPTIONS: '--max-semi-space-size=16' }),
    BROKER_URL: await at(broker.url, (own) => between(name, 'rabbitmq', own)),
    CACHE_URL: await at(cache.url, (own) => between(name, 'redis', own)),
    ALLOWED_ORIGINS: `${url},http://localhost:${port}`,
    TRUSTED_PROXIES: 'loopback',
    // Many processes of the same code: compiled once.
    NODE_COMPILE_CACHE: join(data.path, 'compiled'),
    NODE_ENV: 'production',
    LOG_LEVEL: 'info',
    ...options.environment,
    ...options.environmentOf?.[service],
    ...options.environmentOfInstance?.(name),
  });

  const all: Instance[] = [];
  for (const service of serviceNames) {
    const count = typeof instances === 'number' ? instances : (instances[service] ?? 1);
    for (let number = 1; number <= count; number++) {
      const name = `${service}-${number}`;
      const [environment, logFile] = [await environmentFor(name, service), join(logs, `${name}.log`)];
      const code = () => options.codeOf?.(name);
      const onEndedBadly = (how: string) => options.onEndedBadly?.(name, how);
      all.push(createInstance({ service, number, port: await freePort(), environment, logFile, code, onEndedBadly }));
    }
  }
  const upstreamsOf = (name: Service) =>
    Promise.all(all.filter(({ service }) => service === name).map(async (to) => `127.0.0.1:${await between('nginx', to.name, to.port)}`));
  const upstreams = Object.fromEntries(
    await Promise.all(serviceNames.map(async (name) => [name, await upstreamsOf(name)])),
  ) as unknown as Upstreams;
  const edge = opening.use(await startEdge({ folder: join(data.path, 'nginx'), port, upstreams, internal }));

  tell(`starting ${all.length} processes …`);
  opening.defer(async () => void (await Promise.all(all.map((instance) => instance.stop()))));
  await Promise.all(all.map((instance) => instance.start()));
  await Promise.all(all.map((instance) => instance.ready()));
  signal.throwIfAborted();

  const open = opening.move();
  return {
    url,
    edge,
    postgres,
    broker,
    cache,
    instances: all,
    of: (service: Service) => all.filter((instance) => instance.service === service),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

export type Cluster = Awaited<ReturnType<typeof startCluster>>;

/** A storm of handshakes makes V8 grow its young generation, and it never gives it back: this keeps idle sockets small. */
const holdsSockets: ReadonlySet<Service> = new Set(['socket-handler', 'notifications']);
const keeps = (name: Service) => name !== 'socket-handler';
async function at(url: string, port: (own: number) => Promise<number>): Promise<string> {
  const changed = new URL(url);
  changed.port = String(await port(Number(changed.port)));
  return changed.href;
}

const variableOf = (name: Service) => `${name.toUpperCase().replaceAll('-', '_')}_URL`;

/** A name of its own for a cluster that is thrown away. */
export const clusterFolder = (parent: string) => join(parent, `cluster-${randomBytes(4).toString('hex')}`);

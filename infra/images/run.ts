import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Service, services } from '@parley/common/contracts';
import { createLog, run } from '@parley/common/server';
import { freePort, startRabbitServer, startRedisServer } from '@parley/common/testing';
import pg from 'pg';
import { openDataFolder } from '../../platform/src/data-folder.ts';
import { readOptions } from '../../platform/src/options.ts';
import { startPostgres } from '../../platform/src/postgres/postgres.ts';
import { type Container, type ContainerOptions, startContainer } from './container.ts';
import { findEngine } from './engine.ts';

/**
 * The platform from its images, on this machine: a container of each service, the client's and the edge as compose.yaml has
 * them, read-only and without any capability, on the network of this machine. PostgreSQL, RabbitMQ and Redis are programs
 * that it starts itself. It takes the options of `npm start` and says the same, so the same tests can be held against it:
 *   PARLEY_START=infra/images/run.ts npm test -- client/tests
 */
const infra = resolve(import.meta.dirname, '..');
const keepers = ['auth', 'users', 'messages', 'notifications'] as const satisfies Service[];
const edge = {
  image: 'docker.io/nginxinc/nginx-unprivileged:1.28-alpine-slim',
  user: '101:101',
  command: ['nginx', '-c', '/etc/parley/plain.conf', '-g', 'daemon off;'],
};

const options = readOptions(process.argv.slice(2));
await run(createLog('images', 'warn', { readable: true }), async (signal) => {
  const engine = findEngine();
  const began = performance.now();
  await using opening = new AsyncDisposableStack();
  const data = opening.use(openDataFolder(options.data));
  const [postgres, broker, cache] = await Promise.all([
    startPostgres({ folder: data.path, password: data.secret('postgres'), onPort: true, signal, tell: console.log }).then((server) =>
      opening.use(server),
    ),
    startRabbitServer().then((server) => opening.use(server)),
    startRedisServer().then((server) => opening.use(server)),
  ]);
  const passwordOf = (name: Service) => data.secret(`database-${name}`);
  await makeDatabases(new URL(postgres.url('postgres')), passwordOf);

  const ports = Object.fromEntries(
    await Promise.all([...services, 'client'].map(async (name) => [name, await freePort()] as const)),
  ) as Record<Service | 'client', number>;
  const port = options.port || (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const environmentOf = (service: Service) => ({
    PORT: String(ports[service]),
    POD_NAME: service,
    BROKER_URL: broker.url,
    CACHE_URL: cache.url,
    ALLOWED_ORIGINS: `${url},http://localhost:${port}`,
    TRUSTED_PROXIES: 'loopback',
    AUTH_URL: `http://127.0.0.1:${ports.auth}`,
    USERS_URL: `http://127.0.0.1:${ports.users}`,
    MESSAGES_URL: `http://127.0.0.1:${ports.messages}`,
    DRAIN_SECONDS: '0',
    LOG_LEVEL: 'info',
    ...(service === 'auth' && { AUTH_SECRET: data.secret('auth') }),
    ...(isKeeper(service) && { DATABASE_URL: urlOf(new URL(postgres.url('postgres')), service, passwordOf(service)) }),
    ...((service === 'socket-handler' || service === 'notifications') && { NODE_OPTIONS: '--max-semi-space-size=16' }),
  });

  const logs = join(data.path, 'logs');
  mkdirSync(logs, { recursive: true });
  const open = async (name: string, container: Omit<ContainerOptions, 'logFile' | 'signal'>): Promise<Container> =>
    opening.use(await startContainer(engine, { ...container, logFile: join(logs, `${name}.log`), signal }));
  const startedIn: string[] = [];
  // One after another, so that each has the machine to itself.
  for (const name of services) {
    const { readyAfter } = await open(name, { image: `parley/${name}`, port: ports[name], environment: environmentOf(name) });
    startedIn.push(`${name} ${Math.round(readyAfter)} ms`);
  }
  const page = join(data.path, 'client.conf');
  writeFileSync(page, readFileSync(join(infra, '..', 'client', 'nginx.conf'), 'utf8').replace('listen 8080', `listen ${ports.client}`));
  await open('client', { image: 'parley/client', port: ports.client, files: { [page]: '/etc/parley/nginx.conf' }, temporary: true });
  await open('edge', { ...edge, port, files: { [configureEdge(data.path, port, ports)]: '/etc/parley' }, temporary: true });

  const all = opening.move();
  console.log(`Ready after their containers were asked for: ${startedIn.join(', ')}`);
  console.log(`\nParley is ready at ${url}  (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  return all;
});

function isKeeper(service: Service): service is (typeof keepers)[number] {
  return (keepers as readonly Service[]).includes(service);
}

/** As a PostgreSQL that begins makes them. */
async function makeDatabases(postgres: URL, passwordOf: (name: Service) => string) {
  const client = new pg.Client({ connectionString: postgres.href });
  await client.connect();
  const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = 'parley_auth'");
  await client.end();
  if (rowCount) return;
  await promisify(execFile)('sh', [join(infra, 'components', 'postgres', 'databases.sh')], {
    env: {
      ...process.env,
      PGHOST: postgres.hostname,
      PGPORT: postgres.port,
      PGPASSWORD: postgres.password,
      POSTGRES_USER: postgres.username,
      ...Object.fromEntries(keepers.map((name) => [`${name.toUpperCase()}_PASSWORD`, passwordOf(name)])),
    },
  });
}

function urlOf({ host }: URL, service: Service, password: string) {
  return `postgresql://parley_${service}:${password}@${host}/parley_${service}`;
}

/** The edge's own files, with ports of this machine in place of the names that services have on a network of their own. */
function configureEdge(folder: string, port: number, ports: Readonly<Record<string, number>>): string {
  const target = join(folder, 'edge');
  mkdirSync(target, { recursive: true });
  for (const file of ['main', 'http', 'settings', 'proxy', 'routes'])
    cpSync(join(infra, 'edge', `${file}.conf`), join(target, `${file}.conf`));
  const rewrite = (file: string, change: (text: string) => string) =>
    writeFileSync(join(target, file), change(readFileSync(join(infra, 'edge', file), 'utf8')));
  rewrite('plain.conf', (text) => text.replace('listen 8080', `listen 127.0.0.1:${port}`));
  rewrite('upstreams.conf', (text) => text.replaceAll(/server ([\w-]+):\d+/g, (_, name: string) => `server 127.0.0.1:${ports[name]}`));
  return target;
}

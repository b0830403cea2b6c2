import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { Registry as Metrics } from 'prom-client';
import { type Bus, deleteRabbitNamespace, openEmbeddedBus, openRabbitBus } from '../bus/index.ts';
import { type Cache, deleteRedisPrefix, openEmbeddedCache, openRedisCache } from '../cache/index.ts';
import { authRoutes, type Route, type Service as ServiceName } from '../contracts/index.ts';
import { migrate, openDatabase } from '../database/index.ts';
import { openEmbeddedRegistry, openRedisRegistry, type Registry } from '../registry/index.ts';
import { type Ask, askOver, type Clock, type Service, type StartService, serve, systemClock, type World } from '../server/index.ts';
import { type TestDatabase, testDatabase } from './database.ts';
import { isTestSession, testKeys } from './session.ts';

/** Where the tests of this run find bus, cache and registry: in the process, or on the machine's servers. */
export const setting = process.env.PARLEY_SETTING === 'servers' ? 'servers' : 'embedded';

const BROKER_URL = process.env.TEST_BROKER_URL || 'amqp://guest:guest@127.0.0.1:5672';
const CACHE_URL = process.env.TEST_CACHE_URL || 'redis://127.0.0.1:6379';
/** The Redis of the run and a prefix of the caller's own, deleted with it; for tests of what speaks to Redis itself. */
export function testRedis(): AsyncDisposable & { readonly url: string; readonly prefix: string } {
  const prefix = `test-${randomBytes(6).toString('hex')}:`;
  return {
    url: CACHE_URL,
    prefix,
    async [Symbol.asyncDispose]() {
      if (setting === 'servers') await deleteRedisPrefix(CACHE_URL, prefix);
    },
  };
}

/** Silent, unless somebody looks for something. */
export const testLog = pino({ level: process.env.TEST_LOG || 'silent' });

export interface TestWorldOptions {
  readonly clock?: Clock;
  /** Applied before the world is handed out; services apply their own when they start. */
  readonly migrations?: string | URL;
  /** Answers in place of the other services. */
  readonly ask?: Ask;
}

export interface TestWorld extends AsyncDisposable {
  readonly world: World;
}

/** A service that was started in a world of its own: one pod. */
export interface TestPod extends TestWorld {
  readonly service: Service;
  readonly url: string;
}

/** Everything that pods share: broker names, cache keys, one database for each service. Disposing it stops them all. */
export interface TestPlatform extends AsyncDisposable {
  /** Unlike that of every other test; also for names of a test's own. */
  readonly namespace: string;
  world(service: ServiceName, options?: TestWorldOptions): Promise<TestWorld>;
  /** The pods of a service share its database; the other services' `ask` reaches the last that was started. */
  start<C>(service: ServiceName, start: StartService<C>, config: C, options?: TestWorldOptions): Promise<TestPod>;
}

/** Services without a database are spared the making of one. */
const keepsNothing: ReadonlySet<ServiceName> = new Set(['socket-handler']);
const NOWHERE = 'postgresql://127.0.0.1:1/nowhere';

/** A platform of one service. */
export async function testWorld(service: ServiceName, options?: TestWorldOptions): Promise<TestWorld> {
  const platform = testPlatform();
  const { world } = await platform.world(service, options);
  return { world, [Symbol.asyncDispose]: () => platform[Symbol.asyncDispose]() };
}

export function testPlatform(): TestPlatform {
  const namespace = `test-${randomBytes(6).toString('hex')}`;
  const stack = new AsyncDisposableStack();
  const databases = new Map<ServiceName | 'bus', Promise<TestDatabase>>();
  const urls = new Map<ServiceName, string>();
  const open =
    setting === 'embedded' ? embeddedParts(stack, () => databases.values().next().value ?? keep('bus')) : serverParts(namespace, stack);

  const keep = (name: ServiceName | 'bus') => {
    const made = testDatabase(testLog);
    databases.set(name, made);
    stack.defer(async () => (await made)[Symbol.asyncDispose]());
    return made;
  };
  const databaseOf = (service: ServiceName) => (keepsNothing.has(service) ? { url: NOWHERE } : (databases.get(service) ?? keep(service)));

  const world = async (service: ServiceName, options: TestWorldOptions = {}): Promise<TestWorld> => {
    const { url } = await databaseOf(service);
    const own = stack.use(new AsyncDisposableStack());
    const pod = `${service}-${randomBytes(4).toString('hex')}`;
    const database = openDatabase({ url, name: pod, log: testLog, pool: 5 });
    own.defer(() => database.end());
    if (options.migrations) await migrate(database, options.migrations);
    const clock = options.clock ?? systemClock;
    const parts = await open(clock, own, pod);
    const ask = options.ask ?? withTestKeys(urls);
    return {
      world: { pod, clock, log: testLog, metrics: new Metrics(), ...parts, database, ask },
      [Symbol.asyncDispose]: () => own.disposeAsync(),
    };
  };

  return {
    namespace,
    world,
    async start(name, start, config, options) {
      const made = await world(name, options);
      const own = stack.use(new AsyncDisposableStack());
      own.use(made);
      const service = await start(config, made.world);
      const { url } = own.use(await serve(service, { port: 0, host: '127.0.0.1' }));
      urls.set(name, url);
      return { world: made.world, service, url, [Symbol.asyncDispose]: () => own.disposeAsync() };
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

interface Parts {
  readonly bus: Bus;
  readonly cache: Cache;
  readonly registry: Registry;
}
type OpenParts = (clock: Clock, own: AsyncDisposableStack, pod: string) => Promise<Parts>;

/** In one process all pods share them. The bus has a schema of its own, so that it can lie beside a service's tables: databases are dear. */
function embeddedParts(stack: AsyncDisposableStack, database: () => Promise<TestDatabase>): OpenParts {
  const open = async (clock: Clock): Promise<Parts> => {
    const { pool } = await database();
    return {
      bus: stack.use(await openEmbeddedBus({ database: pool, log: testLog, clock, thorough: true })),
      cache: stack.use(openEmbeddedCache({ clock })),
      registry: stack.use(openEmbeddedRegistry({ clock })),
    };
  };
  let parts: Promise<Parts> | undefined;
  return (clock) => {
    parts ??= open(clock);
    return parts;
  };
}

/** Short, for a registry says nothing before a whole lease has passed, and the keys of every test are new. */
export const testLease = { renewMs: 200, forMs: 1_000 };

/** On servers every pod has connections of its own, and only names are shared. */
function serverParts(namespace: string, stack: AsyncDisposableStack): OpenParts {
  stack.defer(() => deleteRabbitNamespace({ url: BROKER_URL, namespace }));
  const prefix = `${namespace}:`;
  stack.defer(() => deleteRedisPrefix(CACHE_URL, prefix));
  return async (clock, own, pod) => ({
    bus: own.use(await openRabbitBus({ url: BROKER_URL, log: testLog, clock, namespace, name: pod, thorough: true })),
    cache: own.use(await openRedisCache({ url: CACHE_URL, log: testLog, prefix })),
    registry: own.use(await openRedisRegistry({ url: CACHE_URL, log: testLog, prefix, clock, lease: testLease })),
  });
}

/** Sessions made by tests hold everywhere, beside those that a started auth gives. */
function withTestKeys(urls: ReadonlyMap<ServiceName, string>): Ask {
  const ask = askOver((service) => urls.get(service));
  return (async (route: Route, input: never) => {
    if (route === authRoutes.checkSessions)
      return { ended: (await ask(authRoutes.checkSessions, input)).ended.filter((id) => !isTestSession(id)) };
    if (route !== authRoutes.keys) return ask(route, input);
    const auths = urls.has('auth') ? (await ask(authRoutes.keys, {})).keys : [];
    return { keys: [...auths, ...testKeys] };
  }) as Ask;
}

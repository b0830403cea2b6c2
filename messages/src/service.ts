import { limits } from '@parley/common/contracts';
import { createOutbox, migrate, openBeside } from '@parley/common/database';
import { createHttp, createRateLimit, openSessions, type StartService } from '@parley/common/server';
import { createAnnounce } from './announce.ts';
import type { Config } from './config.ts';
import { hearCommands } from './consumers.ts';
import { createPrisma } from './database.ts';
import { startErasing } from './erasing.ts';
import { createMeasures } from './measures.ts';
import { hearPeople } from './people.ts';
import { createReminding } from './reminding.ts';
import { answerMessages } from './routes.ts';
import { startIndexer } from './search/indexer.ts';
import type { SettingsEvent } from './settings.ts';
import { createStore, warmUp } from './store.ts';
import { createStrangers } from './strangers.ts';

export type { Config } from './config.ts';

/**
 * A batch that can't lock its conversations by then is tried again from the beginning. Connections that store are kept, also
 * through a night without a word: what a new one costs is paid when it is made.
 */
const STORING = { lock_timeout: 5_000, idleTimeoutMillis: 0, onConnect: warmUp };

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** For what other services and accounts that end write, so that it waits for no shard. */
const BESIDE_SHARDS = 2;

/** The messages service, whole: what it keeps, what it hears, what it answers. */
export const startMessages: StartService<Config> = async (config, world) => {
  const { allowedOrigins, trustedProxies, shards, readPool, newConversations } = config;
  const { database, bus, cache, registry, clock, log, metrics, ask } = world;
  await using stack = new AsyncDisposableStack();
  await migrate(database, new URL('../prisma/migrations', import.meta.url), { log, clock });
  const writes = stack.adopt(openBeside(database, log, { max: shards + BESIDE_SHARDS, ...STORING }), (pool) => pool.end());
  const reads = stack.adopt(openBeside(database, log, { max: readPool }), (pool) => pool.end());
  const prisma = stack.adopt(createPrisma(database), (client) => client.$disconnect());
  const outbox = stack.use(
    createOutbox<SettingsEvent>({
      database,
      bus,
      clock,
      log,
      metrics,
      addressOf: ({ name }) => (name === 'settings.changed' ? { group: 'notifications', pods: 'every' } : undefined),
    }),
  );

  await Promise.all(Array.from({ length: shards }, () => writes.query('SELECT 1')));
  const store = createStore({ database: writes, clock, newConversations });
  const indexer = stack.use(startIndexer({ database, clock, log }));
  const erasing = stack.use(startErasing({ database, bus, clock, log }));
  const applying = {
    store,
    strangers: createStrangers({ database, ask, clock, log }),
    announce: createAnnounce(bus, registry),
    touched: indexer.touched,
    erase: erasing.erase,
    remind: createReminding(reads),
    measures: createMeasures(metrics),
    clock,
  };
  const sessions = stack.use(await openSessions(world, 'messages'));
  stack.use(await hearPeople(bus, database, applying));
  stack.use(await hearCommands(bus, shards, applying));

  const often = (name: string, times: number, seconds: number) =>
    createRateLimit({ cache, clock, name: `messages.${name}`, limit: times, seconds });
  const limit = {
    reading: often('reading', limits.messageReadsPerMinute, MINUTE),
    searching: often('searching', limits.messageSearchesPerMinute, MINUTE),
    deciding: often('deciding', limits.decisionsPerMinute, MINUTE),
    reporting: often('reporting', limits.reportsPerHour, HOUR),
    exporting: often('exporting', limits.messageExportsPerHour, HOUR),
  };
  const http = createHttp({ log, metrics, allowedOrigins, trustedProxies, authenticate: sessions.authenticate });
  answerMessages(http, { reads, prisma, deciding: { database, outbox, clock }, applying, clock, limit });

  const open = stack.move();
  return {
    http: http.finish(),
    ready: async () => (await reads.query('SELECT 1')).rowCount === 1,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
};

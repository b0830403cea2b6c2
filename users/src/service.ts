import { limits } from '@parley/common/contracts';
import { createOutbox, migrate } from '@parley/common/database';
import { createHttp, createRateLimit, openSessions, type StartService } from '@parley/common/server';
import type { Config } from './config.ts';
import { hearUsers } from './consumers.ts';
import { createPrisma } from './database.ts';
import { createPageCache } from './page-cache.ts';
import { createPictures } from './pictures.ts';
import { createProfiles } from './profiles.ts';
import { answerUsers } from './routes.ts';

export type { Config } from './config.ts';

/** The users service, whole: what it keeps, what it hears, what it answers. */
export const startUsers: StartService<Config> = async ({ allowedOrigins, trustedProxies }, world) => {
  const { database, bus, cache, clock, log, metrics } = world;
  await using stack = new AsyncDisposableStack();
  await migrate(database, new URL('../prisma/migrations', import.meta.url), { log, clock });

  const prisma = stack.adopt(createPrisma(database), (client) => client.$disconnect());
  const outbox = stack.use(createOutbox<'user.updated'>({ database, bus, clock, log, metrics }));
  const pages = createPageCache(cache, metrics);
  const profiles = createProfiles({ database, outbox, clock, onChanged: pages.changed });
  const pictures = createPictures(prisma, profiles);

  const sessions = stack.use(await openSessions(world, 'users'));
  const hearer = stack.use(await hearUsers(bus, database, pages));
  const hearing = () => bus.state !== 'away' && hearer.hearing;

  const perMinute = (name: string, limit: number) => createRateLimit({ cache, clock, name: `users.${name}`, limit, seconds: 60 });
  const limit = {
    searching: perMinute('searching', limits.searchesPerMinute),
    changing: perMinute('changing', limits.profileChangesPerMinute),
  };

  const http = createHttp({ log, metrics, allowedOrigins, trustedProxies, authenticate: sessions.authenticate });
  answerUsers(http, { database, pages, profiles, pictures, limit, hearing });

  const open = stack.move();
  return {
    http: http.finish(),
    ready: async () => (await database.query('SELECT 1')).rowCount === 1,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
};

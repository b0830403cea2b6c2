import { createOutbox, migrate } from '@parley/common/database';
import { createHttp, openSessions, type StartService } from '@parley/common/server';
import { type AccountEventName, createAccountChanges } from './account-changes.ts';
import { createAccountEndings } from './account-endings.ts';
import { createAccounts } from './accounts.ts';
import { createAttempts } from './attempts.ts';
import type { Config } from './config.ts';
import { createCookies } from './cookies.ts';
import { createPrisma } from './database.ts';
import { rememberEnded } from './ended-sessions.ts';
import { exportAccount } from './export.ts';
import { createInvitations } from './invitations.ts';
import { createLinks } from './links.ts';
import { openMail } from './mail.ts';
import { createPasswordHashes } from './password-hashes.ts';
import { createPasswordResets } from './password-resets.ts';
import { createPasswords } from './passwords.ts';
import { createRefreshing } from './refreshing.ts';
import { answerRoutes } from './routes.ts';
import { createSecrets } from './secrets.ts';
import { createAccountSessions, endedAmong } from './sessions.ts';
import { givenSigningKeys, openSigningKeys } from './signing-keys.ts';
import { startSweeping } from './sweep.ts';

const migrations = new URL('../prisma/migrations/', import.meta.url);

/** The auth service, whole: what it keeps, what it hears, what it answers. */
export const startAuth: StartService<Config> = async (config, world) => {
  const { database, bus, clock, log, cache, metrics } = world;
  await migrate(database, migrations, { log, clock });
  await using opening = new AsyncDisposableStack();

  const secrets = createSecrets(config.secrets);
  const signingKeys = config.signingKeys ? givenSigningKeys(config.signingKeys) : await openSigningKeys({ database, secrets, clock, log });
  const verified = opening.use(
    await openSessions(world, 'auth', {
      fetchKeys: signingKeys.published,
      askEnded: (sessionIds) => endedAmong(database, clock, sessionIds),
      onEnded: ({ sessionIds }) => void rememberEnded(cache, sessionIds),
    }),
  );
  const prisma = opening.adopt(createPrisma(database), (client) => client.$disconnect());
  const mail = config.mail && opening.use(openMail(config.mail.url, config.mail.from));
  const resets = opening.use(createPasswordResets({ prisma, clock, log, mail, links: createLinks(config.publicUrl) }));

  const outbox = opening.use(createOutbox<AccountEventName>({ database, bus, clock, log, metrics }));
  const changes = createAccountChanges({
    database,
    clock,
    outbox,
    onEnded: (sessionIds) => {
      verified.end(sessionIds);
      void rememberEnded(cache, sessionIds);
    },
  });
  const hashes = createPasswordHashes(config.passwordCost);
  const sessions = createAccountSessions({ prisma, changes, clock });
  const refreshing = createRefreshing({ database, prisma, changes, refreshKeys: secrets.refreshKeys, clock, log });
  const invitations = createInvitations(prisma, clock);
  const passwords = createPasswords({ prisma, changes, hashes, resets });

  const http = createHttp({ log, metrics, ...config, authenticate: verified.authenticate });
  answerRoutes(http, metrics, {
    accounts: createAccounts({ registration: config.registration, prisma, changes, refreshing, invitations, hashes, clock }),
    attempts: createAttempts({ cache, clock, factor: config.rateLimitFactor }),
    authenticate: verified.authenticate,
    endings: createAccountEndings(changes, passwords),
    cookies: createCookies(config.allowedOrigins),
    database,
    registration: { registration: config.registration, mail: mail !== undefined },
    passwords,
    resets,
    refreshing,
    sessions,
    exported: (caller) => exportAccount(prisma, sessions, caller),
    signingKeys,
    outbox,
    clock,
  });

  opening.use(startSweeping({ prisma, outbox, clock, log }));
  const stack = opening.move();
  return {
    http: http.finish(),
    ready: async () => (await database.query('SELECT 1')).rowCount === 1,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
};

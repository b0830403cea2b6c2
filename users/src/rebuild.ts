import { migrate, openDatabase } from '@parley/common/database';
import { askOver, createLog, EnvironmentError } from '@parley/common/server';
import { type RebuildConfig, readRebuildConfig } from './config.ts';
import { replay } from './replay.ts';

const usage = `Rebuilds people, in a cluster, from what auth and messages kept. It needs DATABASE_URL (of users), AUTH_URL and
MESSAGES_URL, where these two answer their internal routes. Without DATABASE_URL the command is for a Parley of \`npm start\`, which
it starts for as long as it takes.`;

async function rebuild({ databaseUrl, addresses }: RebuildConfig) {
  const log = createLog('rebuild-users', 'info', { readable: true });
  const database = openDatabase({ url: databaseUrl, name: 'rebuild-users', log, pool: 2 });
  await using _ = { [Symbol.asyncDispose]: () => database.end() };
  await migrate(database, new URL('../prisma/migrations/', import.meta.url), { log });
  log.info(
    {
      ...(await replay(
        database,
        askOver((service) => addresses[service]),
      )),
    },
    'everybody is there',
  );
}

try {
  await rebuild(readRebuildConfig());
} catch (error) {
  if (!(error instanceof EnvironmentError)) throw error;
  process.stderr.write(`${usage}\n\n${error.message}\n`);
  process.exitCode = 2;
}

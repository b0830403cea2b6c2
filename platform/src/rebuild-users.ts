import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { openDatabase } from '@parley/common/database';
import { createLog } from '@parley/common/server';
import { replay } from '@parley/users/replay';
import { readAddress } from './address-file.ts';
import { environment } from './config.ts';
import { openDataFolder } from './data-folder.ts';
import { startEmbedded } from './embedded.ts';
import { DEFAULT_DATA } from './options.ts';
import { Unusable } from './unusable.ts';
import { databaseOf } from './worlds.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

/**
 * A Parley in one process answers its internal routes to itself alone, so what users has to ask is asked from within: it is
 * started on a port that nobody knows, and ends when everybody is there.
 */
async function rebuild(data: string) {
  if (!existsSync(data)) throw new Unusable(`There is no Parley in ${data}. Say with PARLEY_DATA=<folder> where it keeps its data.`);
  using folder = openDataFolder(data);
  const { signal } = new AbortController();
  await using parley = await startEmbedded({ folder, port: 0, host: '127.0.0.1', demo: false, signal, tell: (what) => say(`  ${what}`) });
  const url = readAddress(folder.path)?.databases[databaseOf('users')] as string;
  const database = openDatabase({ url, name: 'rebuild-users', log: createLog('rebuild-users', 'warn'), pool: 2 });
  await using _ = { [Symbol.asyncDispose]: () => database.end() };
  const { registered, deleted, blocks } = await replay(database, parley.ask);
  say(`Everybody is there: ${registered} accounts, ${deleted} deleted ones, ${blocks} blocks.`);
}

const { DATABASE_URL, PARLEY_DATA } = environment();
try {
  // One in a cluster is asked over the network.
  if (DATABASE_URL) await import('../../users/src/rebuild.ts');
  else await rebuild(resolve(PARLEY_DATA || DEFAULT_DATA));
} catch (error) {
  if (!(error instanceof Unusable)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

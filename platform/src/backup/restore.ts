import { resolve } from 'node:path';
import pg from 'pg';
import { openDataFolder } from '../data-folder.ts';
import { DEFAULT_DATA } from '../options.ts';
import { startPostgres } from '../postgres/postgres.ts';
import { Unusable } from '../unusable.ts';
import { databaseOf } from '../worlds.ts';
import { command } from './command.ts';
import { copyKept } from './copy.ts';

await command('restore', 'npm run restore -- <folder> [--data <folder>]', async ({ folder, data = DEFAULT_DATA }) => {
  if (folder === undefined) throw new Unusable('say which backup: npm run restore -- <folder> [--data <folder>]');
  using held = openDataFolder(data);
  copyKept(resolve(folder), held.path);
  await beginEpoch(held.path, held.secret('postgres'));
  return `${held.path} is as it was when ${folder} was made. Start Parley as usual.`;
});

/** Versions count anew: every device drops what it has seen since, and reads what is there. */
async function beginEpoch(folder: string, password: string) {
  await using postgres = await startPostgres({ folder, password, signal: new AbortController().signal, tell: () => {} });
  const client = new pg.Client({ connectionString: postgres.url(databaseOf('messages')) });
  await client.connect();
  await client.query('UPDATE installation SET epoch = gen_random_uuid()');
  await client.end();
}

import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import pg from 'pg';
import { createDatabases, startPostgres } from '../../platform/src/postgres/postgres.ts';

export const DATABASE = 'bench';

export interface Store extends AsyncDisposable {
  readonly url: string;
  readonly database: pg.Pool;
  readonly version: string;
}

/** The PostgreSQL that Parley brings along, with the settings that it gives it: everybody else is given the same. */
export async function startStore(folder: string): Promise<Store> {
  mkdirSync(folder, { recursive: true });
  await using opening = new AsyncDisposableStack();
  const postgres = opening.use(
    await startPostgres({
      folder,
      password: randomBytes(12).toString('hex'),
      onPort: true,
      signal: new AbortController().signal,
      tell: () => {},
    }),
  );
  await createDatabases(postgres, [DATABASE]);
  const url = postgres.url(DATABASE);
  const database = new pg.Pool({ connectionString: url, max: 2 });
  // It may stop before the last connection has gone.
  database.on('error', () => {});
  opening.defer(() => database.end());
  const version = await serverVersion(database);
  const open = opening.move();
  return { url, database, version, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

export async function serverVersion(database: pg.Pool): Promise<string> {
  const { rows } = await database.query<{ version: string; fsync: string }>(
    "SELECT current_setting('server_version') AS version, current_setting('fsync') || '/' || current_setting('synchronous_commit') AS fsync",
  );
  const [row] = rows;
  if (row?.fsync !== 'on/on') throw new Error('PostgreSQL does not wait for its disk: nothing that it says would count');
  return row.version;
}

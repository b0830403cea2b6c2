import { join } from 'node:path';
import pg from 'pg';
import { CLUSTER } from '../data-folder.ts';
import { chooseAddress, settingsOf, urlOf } from './address.ts';
import { findBinaries } from './binaries.ts';
import { initialize } from './initialize.ts';
import { keepRunning } from './keep-running.ts';
import { asOrdinaryUser } from './ordinary-user.ts';
import { stopOrphan } from './orphan.ts';
import { launch } from './server.ts';

/** A PostgreSQL of our own, in a folder, for as long as this process lives. */
export interface Postgres extends AsyncDisposable {
  url(database: string): string;
}

export interface PostgresOptions {
  /** Held by nobody else. */
  readonly folder: string;
  readonly password: string;
  /** Gives up starting. */
  readonly signal: AbortSignal;
  /** Told what is being done, where it can take a while. */
  readonly tell: (what: string) => void;
  readonly settings?: Readonly<Record<string, string>>;
  /** It listens on a loopback port, as servers elsewhere do, also where a socket in its folder would serve. */
  readonly onPort?: boolean;
}

const USER = 'parley';
const FIRST_DATABASE = 'postgres';

const settings: Readonly<Record<string, string>> = {
  max_connections: '200',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  // The details of a broken rule quote what people wrote, such as their addresses.
  log_error_verbosity: 'terse',
  // The queries are short: compiling them costs more than it gains.
  jit: 'off',
  // After a crash everything has to reach the disk first: in one call instead of one for each file.
  ...(process.platform === 'linux' && { recovery_init_sync_method: 'syncfs' }),
};

export async function startPostgres({ folder, password, signal, tell, settings: given, onPort }: PostgresOptions): Promise<Postgres> {
  const cluster = join(folder, CLUSTER);
  const binaries = await findBinaries();
  const asUser = await asOrdinaryUser(binaries.postgres, cluster);
  const orphan = await stopOrphan(cluster);
  if (orphan !== undefined) tell(`stopped the PostgreSQL that an earlier start left behind (process ${orphan})`);
  signal.throwIfAborted();
  await initialize({ cluster, initdb: binaries.initdb, user: USER, password, asUser, signal, tell });
  const address = await chooseAddress(folder, onPort);
  const url = (database: string) => urlOf(address, USER, password, database);
  const running = await keepRunning(
    (giveUp) =>
      launch({
        command: asUser([binaries.postgres, '-D', cluster, ...asParameters({ ...settings, ...settingsOf(address), ...given })]),
        stopCommand: [binaries.pg_ctl, 'stop', '-D', cluster, '-m', 'fast'],
        logFile: join(folder, 'postgres.log'),
        url: url(FIRST_DATABASE),
        signal: giveUp,
      }),
    { signal, tell },
  );
  return { url, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}

const asParameters = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

/** Makes those of these databases that are not there yet. */
export async function createDatabases(postgres: Postgres, names: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.url(FIRST_DATABASE) });
  await client.connect();
  try {
    const { rows } = await client.query<{ datname: string }>('SELECT datname FROM pg_database');
    const there = new Set(rows.map(({ datname }) => datname));
    for (const name of names) if (!there.has(name)) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

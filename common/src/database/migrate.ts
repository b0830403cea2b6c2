import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Pool, PoolClient } from 'pg';
import { type Clock, systemClock } from '../server/clock.ts';
import type { Logger } from '../server/log.ts';
import { openBeside } from './open.ts';

export interface MigrateOptions {
  readonly log?: Logger;
  readonly clock?: Clock;
  /** How long another pod may hold the lock before this one gives up. */
  readonly waitMs?: number;
}

export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/** The lock that Prisma's own tool takes, so that the two never run at once. */
const LOCK = 72_707_369;
const WAIT_MS = 60_000;
const RETRY_MS = 200;
/** A migration that can't get its table lock gives up instead of making every query queue behind it. */
const TABLE_LOCK_MS = 15_000;
/** A migration takes as long as it takes; that its server is gone shows to the connection itself. */
const UNHURRIED = { max: 1, statement_timeout: 0, query_timeout: 0, keepAliveInitialDelayMillis: 10_000 };
const OUTSIDE = '-- no transaction';

const bookkeeping = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL, finished_at timestamptz, migration_name varchar(255) NOT NULL,
  logs text, rolled_back_at timestamptz, started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count integer NOT NULL DEFAULT 0)`;

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/**
 * Applies what is missing of `prisma/migrations`, in the order of the names, one pod at a time, and keeps Prisma's own
 * table of what was applied. What was applied and is not in the folder is left alone: that is an older version that
 * starts again while a newer one is being rolled out.
 */
export async function migrate(database: Pool, folder: string | URL, options: MigrateOptions = {}): Promise<void> {
  const { log, clock = systemClock, waitMs = WAIT_MS } = options;
  const migrations = await readMigrations(folder);
  await using stack = new AsyncDisposableStack();
  // Clients of the pool itself give up waiting for any answer after a while, whatever their session allows.
  const own = stack.adopt(openBeside(database, log, UNHURRIED), (pool) => pool.end());
  // Its end is the end of the lock too, whatever happens.
  const client = stack.adopt(await own.connect(), (held) => held.release(true));
  await client.query(`SET statement_timeout = 0; SET lock_timeout = ${TABLE_LOCK_MS}`);
  await lock(client, clock, waitMs);
  await client.query(bookkeeping);
  for (const migration of missing(migrations, await readApplied(client))) {
    await apply(client, migration);
    log?.info({ migration: migration.name }, 'migrated');
  }
  // Given back by asking for it, so that whoever comes next finds it free: the server notices the end of a connection a moment later.
  await client.query('SELECT pg_advisory_unlock($1)', [LOCK]);
}

async function readMigrations(folder: string | URL): Promise<Migration[]> {
  const root = folder instanceof URL ? fileURLToPath(folder) : folder;
  const entries = await readdir(root, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(root, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/** By trying again and again: a session that waits inside PostgreSQL would block every CREATE INDEX CONCURRENTLY, for ever. */
async function lock(client: PoolClient, clock: Clock, waitMs: number) {
  for (let waited = 0; ; waited += RETRY_MS) {
    const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [LOCK]);
    if (rows[0]?.locked) return;
    if (waited >= waitMs) throw new MigrationError(`Another process has been migrating this database for more than ${waitMs / 1000} s.`);
    await clock.sleep(RETRY_MS);
  }
}

async function readApplied(client: PoolClient): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query<{ name: string; checksum: string }>(
    'SELECT migration_name AS name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
  );
  return new Map(rows.map(({ name, checksum }) => [name, checksum]));
}

function missing(migrations: readonly Migration[], applied: ReadonlyMap<string, string>): Migration[] {
  const changed = migrations.filter(({ name, checksum }) => applied.has(name) && applied.get(name) !== checksum);
  if (changed.length > 0) {
    const names = changed.map(({ name }) => name).join(', ');
    throw new MigrationError(`Changed after being applied: ${names}. Restore the file and put the change into a new migration.`);
  }
  return migrations.filter(({ name }) => !applied.has(name));
}

async function apply(client: PoolClient, migration: Migration) {
  try {
    if (migration.sql.startsWith(OUTSIDE)) await applyOutside(client, migration);
    else await applyWithin(client, migration);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MigrationError(`${migration.name} failed: ${reason}`, { cause });
  }
}

async function applyWithin(client: PoolClient, migration: Migration) {
  await client.query('BEGIN');
  try {
    await client.query(migration.sql);
    await record(client, migration);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

/**
 * For what PostgreSQL does only outside a transaction. Several statements sent as one would be a transaction again, so
 * they are parted by empty lines. It may stop half way and is then begun anew: each statement must bear being repeated.
 */
async function applyOutside(client: PoolClient, migration: Migration) {
  for (const statement of migration.sql.split(/\n\s*\n/)) {
    if (statement.trim() !== '') await client.query(statement);
  }
  await refuseHalfIndexes(client);
  await record(client, migration);
}

/**
 * An index whose CREATE INDEX CONCURRENTLY was interrupted stays, costs every write and serves no query; IF NOT EXISTS
 * takes it for made. Such a migration is begun with DROP INDEX IF EXISTS.
 */
async function refuseHalfIndexes(client: PoolClient) {
  const { rows } = await client.query<{ name: string }>(
    `SELECT indexrelid::regclass::text AS name FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid AND relkind = 'i'
     WHERE NOT indisvalid AND indexrelid NOT IN (SELECT index_relid FROM pg_stat_progress_create_index WHERE index_relid IS NOT NULL)`,
  );
  if (rows.length === 0) return;
  const names = rows.map(({ name }) => name).join(', ');
  throw new Error(`half made by an earlier attempt: ${names}. Put DROP INDEX IF EXISTS before CREATE INDEX CONCURRENTLY`);
}

async function record(client: PoolClient, { name, checksum }: Migration) {
  await client.query(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
     VALUES ($1, $2, $3, clock_timestamp(), 1)`,
    [randomUUID(), checksum, name],
  );
}

import pg, { type Pool, type PoolConfig } from 'pg';
import type { Logger } from '../server/log.ts';

export interface DatabaseOptions {
  readonly url: string;
  /** Shown in pg_stat_activity. */
  readonly name: string;
  readonly log: Logger;
  /** Connections at the most. */
  readonly pool?: number;
  readonly statementTimeoutMs?: number;
  readonly connectTimeoutMs?: number;
}

/** Beyond what any query of ours may take; a migration lifts it for itself. */
const STATEMENT_MS = 10_000;
const CONNECT_MS = 5_000;
/** For a connection that died without a word: PostgreSQL would have ended the statement long ago. */
const SILENCE_MS = 5_000;
const IDLE_MS = 60_000;
const IDLE_IN_TRANSACTION_MS = 15_000;
/** Connections are renewed, so that a failover or a new node gets its share of them. */
const LIFETIME_SECONDS = 30 * 60;

/** A pool of connections that never waits without bound; it connects when first asked. */
export function openDatabase(options: DatabaseOptions): Pool {
  const { url, name, log, pool = 10, statementTimeoutMs = STATEMENT_MS, connectTimeoutMs = CONNECT_MS } = options;
  const database = new pg.Pool({
    connectionString: url,
    application_name: name,
    max: pool,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: IDLE_MS,
    maxLifetimeSeconds: LIFETIME_SECONDS,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + SILENCE_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    keepAlive: true,
  });
  return heard(database, log);
}

/** A pool to the same database, so that what uses it neither waits for others nor makes them wait. */
export function openBeside(
  database: Pool,
  log: Logger | undefined,
  options: Pick<
    PoolConfig,
    'max' | 'lock_timeout' | 'statement_timeout' | 'query_timeout' | 'keepAliveInitialDelayMillis' | 'idleTimeoutMillis' | 'onConnect'
  >,
): Pool {
  const { options: given } = database;
  // The pool hides its password from whoever lists its options.
  return heard(new pg.Pool({ ...given, ...(given.password !== undefined && { password: given.password }), ...options }), log);
}

function heard(database: Pool, log: Logger | undefined): Pool {
  // A connection that breaks between two queries is not an error of either; unheard it would end the process. The pool
  // hears those that are idle, and those that are lent are heard here; whoever holds one learns it from the next query.
  database.on('error', (error) => log?.warn({ error }, 'an idle database connection broke'));
  database.on('connect', (client) => client.on('error', (error) => log?.debug({ error }, 'a database connection broke')));
  return database;
}

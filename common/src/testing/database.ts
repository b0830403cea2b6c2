import { randomBytes } from 'node:crypto';
import pg, { type Pool } from 'pg';
import { migrate, openDatabase } from '../database/index.ts';
import type { Logger } from '../server/log.ts';

const SERVER = process.env.TEST_DATABASE_URL || 'postgresql://postgres@127.0.0.1:5432/postgres';

export interface TestDatabase extends AsyncDisposable {
  readonly pool: Pool;
  readonly url: string;
}

/** A database of the test's own, gone with it. */
export async function testDatabase(log: Logger, migrations?: string | URL): Promise<TestDatabase> {
  const name = `parley_test_${randomBytes(6).toString('hex')}`;
  // From template0, whose collation nobody changed: order by text is the same on every machine.
  await onServer(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'`);
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  const pool = openDatabase({ url: url.href, name, log, pool: 5 });
  const drop = async () => {
    await pool.end();
    await onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  };
  try {
    if (migrations) await migrate(pool, migrations, { log });
  } catch (error) {
    await drop();
    throw error;
  }
  return { pool, url: url.href, [Symbol.asyncDispose]: drop };
}

async function onServer(sql: string) {
  const client = new pg.Client({ connectionString: SERVER });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

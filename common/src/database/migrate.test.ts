import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../testing/index.ts';
import { migrate } from './migrate.ts';
import { openBeside } from './open.ts';

const log = pino({ enabled: false });
let database: TestDatabase;
let folder: string;

beforeEach(async () => {
  database = await testDatabase(log);
  folder = await mkdtemp(join(tmpdir(), 'parley-migrations-'));
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function write(name: string, sql: string) {
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, 'migration.sql'), sql);
}
const column = async (sql: string) => (await database.pool.query({ text: sql, rowMode: 'array' })).rows.map(([value]) => value);
const applied = () => column('SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL ORDER BY finished_at');

test('migrations are applied in the order of their names, and only once', async () => {
  await write('20260102000000_second', 'ALTER TABLE people ADD COLUMN name text NOT NULL;');
  await write('20260101000000_first', 'CREATE TABLE people (id int); CREATE INDEX ON people (id);');
  await migrate(database.pool, folder);
  await migrate(database.pool, folder);
  expect(await applied()).toEqual(['20260101000000_first', '20260102000000_second']);
  await database.pool.query(`INSERT INTO people (id, name) VALUES (1, 'Ada')`);
});

test('pods that start together apply each migration once', async () => {
  await write('1_count', 'CREATE TABLE runs (at timestamptz); INSERT INTO runs VALUES (now());');
  await Promise.all(Array.from({ length: 3 }, () => migrate(database.pool, folder)));
  expect(await column('SELECT count(*)::int FROM runs')).toEqual([1]);
});

test('a pod that waits for another too long gives up and says why', async () => {
  const other = await database.pool.connect();
  await other.query('SELECT pg_advisory_lock(72707369)');
  await expect(migrate(database.pool, folder, { waitMs: 0 })).rejects.toThrow('Another process has been migrating');
  other.release(true);
});

test('a migration that fails leaves nothing behind and is tried again', async () => {
  await write('1_bad', 'CREATE TABLE half (id int); SELECT 1 / 0;');
  await expect(migrate(database.pool, folder)).rejects.toThrow('1_bad failed: division by zero');
  await write('1_bad', 'CREATE TABLE half (id int);');
  await migrate(database.pool, folder);
  expect(await applied()).toEqual(['1_bad']);
});

test('a migration takes as long as it takes, however soon other queries are given up', async () => {
  await write('1_long', 'CREATE TABLE people (id int); SELECT pg_sleep(0.5);');
  await write('2_long', '-- no transaction\nSELECT pg_sleep(0.5);');
  const hurried = openBeside(database.pool, log, { statement_timeout: 100, query_timeout: 200 });
  await migrate(hurried, folder);
  await hurried.end();
  expect(await applied()).toEqual(['1_long', '2_long']);
});

test('a file that was changed after it was applied is refused, and nothing else is applied', async () => {
  await write('1_first', 'CREATE TABLE one (id int);');
  await migrate(database.pool, folder);
  await write('1_first', 'CREATE TABLE one (id bigint);');
  await write('2_second', 'CREATE TABLE two (id int);');
  await expect(migrate(database.pool, folder)).rejects.toThrow('Changed after being applied: 1_first');
  expect(await applied()).toEqual(['1_first']);
});

test('[D10] an older version starts on a database that a newer one has migrated', async () => {
  await write('1_first', 'CREATE TABLE one (id int);');
  await write('2_newer', 'CREATE TABLE two (id int);');
  await migrate(database.pool, folder);
  await rm(join(folder, '2_newer'), { recursive: true });
  await migrate(database.pool, folder);
});

test('a file can ask to be applied outside a transaction, statement by statement', async () => {
  await write('1_table', 'CREATE TABLE people (name text);');
  await write(
    '2_index',
    '-- no transaction\nDROP INDEX IF EXISTS people_name;\n\nCREATE INDEX CONCURRENTLY people_name\n  ON people (name);\n',
  );
  await migrate(database.pool, folder);
  expect(await column(`SELECT indexname FROM pg_indexes WHERE tablename = 'people'`)).toEqual(['people_name']);
});

test('an index that an earlier attempt left half made is never taken for made', async () => {
  await write('1_table', 'CREATE TABLE people (name text); INSERT INTO people VALUES (1), (1);');
  const make = (clause: string) => `CREATE UNIQUE INDEX CONCURRENTLY ${clause} people_name ON people (name);`;
  await write('2_index', `-- no transaction\n${make('IF NOT EXISTS')}`);
  await expect(migrate(database.pool, folder)).rejects.toThrow('could not create unique index');
  await database.pool.query('DELETE FROM people');
  await expect(migrate(database.pool, folder)).rejects.toThrow('2_index failed: half made by an earlier attempt: people_name');
  await write('2_index', `-- no transaction\nDROP INDEX IF EXISTS people_name;\n\n${make('')}`);
  await migrate(database.pool, folder);
  expect(await applied()).toEqual(['1_table', '2_index']);
});

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { until } from '@parley/common/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../platform/src/cluster/cluster.ts';
import { createPeople, type Device, type Person } from './people.ts';

const scripts = resolve(import.meta.dirname, '..', 'infra', 'components', 'backup');
const keepers = ['auth', 'users', 'messages', 'notifications'] as const;
/** PostgreSQL's own programs do it, so it is the server of this machine that is lost, and no other. */
const server = process.env.TEST_DATABASE_URL || 'postgresql://postgres@127.0.0.1:5432/postgres';
const mark = randomBytes(4).toString('hex');
const urlOf = (database: string) => {
  const url = new URL(server);
  if (database !== 'postgres') url.pathname = `/${database}_${mark}`;
  return url.href;
};

const folder = mkdtempSync(join(tmpdir(), 'parley-backup-'));
let cluster: Cluster;
let people: ReturnType<typeof createPeople>;
let alice: Person;
let bob: Person;
let hers: Device;
let his: Device;

beforeAll(async () => {
  await eachDatabase('CREATE DATABASE');
  cluster = await startCluster({ folder, instances: 1, postgres: { url: urlOf, [Symbol.asyncDispose]: async () => {} } });
  people = createPeople(cluster.url);
  [alice, bob] = [await people.signUp('Alice'), await people.signUp('Bob')];
  [hers, his] = [await people.device(alice), await people.device(bob)];
}, 300_000);
afterAll(async () => {
  await people?.[Symbol.asyncDispose]();
  await cluster?.[Symbol.asyncDispose]();
  await eachDatabase('DROP DATABASE IF EXISTS');
  rmSync(folder, { recursive: true, force: true });
}, 120_000);

test('[D4] [D7] everything is lost, a backup brings it back, and every device goes on from there', async () => {
  for (let count = 1; count <= 10; count++) await hers.say(bob, `kept ${count}`);
  await until(() => his.texts(alice).length === 10 && hers.parley.outbox.entries().length === 0);
  const backup = (await script('dump.sh', folder)).trim();
  const { epoch } = hers.held(bob);

  for (let count = 1; count <= 5; count++) await his.say(alice, `lost ${count}`);
  await until(() => hers.texts(bob).length === 15 && his.parley.outbox.entries().length === 0);
  await Promise.all(cluster.instances.map((instance) => instance.stop()));
  await eachDatabase('DROP DATABASE');
  await eachDatabase('CREATE DATABASE');
  // What somebody writes now is in an outbox, and is no part of the loss.
  await his.say(alice, 'written meanwhile');
  await script('restore.sh', backup);
  await Promise.all(cluster.instances.map((instance) => instance.start()));
  await Promise.all(cluster.instances.map((instance) => instance.ready()));

  const all = [...Array.from({ length: 10 }, (_, index) => `kept ${index + 1}`), 'written meanwhile'];
  const newest = (device: Device, peer: Person) => device.texts(peer).slice(-all.length);
  await until(() => hers.held(bob).epoch !== epoch && newest(hers, bob).at(-1) === 'written meanwhile', 60_000);
  await until(() => his.held(alice).version === hers.held(bob).version && his.parley.outbox.entries().length === 0, 60_000);
  const fresh = await people.device(await people.signIn(alice));
  await until(() => fresh.held(bob).version === hers.held(bob).version);
  expect(newest(hers, bob)).toEqual(all);
  expect(newest(his, alice)).toEqual(all);
  expect(fresh.held(bob).lastSeq).toBe(all.length);
  await his.say(alice, 'and on');
  await until(() => newest(hers, bob).at(-1) === 'and on');
}, 300_000);

async function script(name: string, argument: string) {
  const urls = Object.fromEntries(keepers.map((keeper) => [`${keeper.toUpperCase()}_DATABASE_URL`, urlOf(`parley_${keeper}`)]));
  const { stdout } = await promisify(execFile)('sh', [join(scripts, name), argument], { env: { ...process.env, ...urls } });
  return stdout;
}

async function eachDatabase(statement: string) {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  const ends = statement.startsWith('CREATE')
    ? " TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
    : ' WITH (FORCE)';
  for (const keeper of keepers) await client.query(`${statement} "parley_${keeper}_${mark}"${ends}`);
  await client.end();
}

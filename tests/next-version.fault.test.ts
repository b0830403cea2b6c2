import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenSocket } from '@parley/client-library';
import { openRabbitBus } from '@parley/common/bus';
import { createLog } from '@parley/common/server';
import { hasRabbit, until } from '@parley/common/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../platform/src/cluster/cluster.ts';
import { makeNextVersion } from './next-version.ts';
import { createPeople, type Device, type Person } from './people.ts';
import { createTalk, type Talk } from './talk.ts';

/** The release after this one beside this one, and back again, while people talk and sign up. */
describe.skipIf(!hasRabbit)('a version and the next one side by side', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-next-'));
  const next = join(folder, 'next');
  /** Which processes run the next version at their next start. */
  const renewed = new Set<string>();
  /** The kinds of frame that devices were given, and the fields of their updates. */
  const frames = new Set<string>();
  const fields = new Set<string>();
  let cluster: Cluster;
  let people: ReturnType<typeof createPeople>;
  let alice: Person;
  let hers: Device;
  let talk: Talk;

  beforeAll(async () => {
    makeNextVersion(next);
    cluster = await startCluster({
      folder,
      instances: 2,
      environment: { RATE_LIMIT_FACTOR: '0', DRAIN_SECONDS: '1', LINGER_MS: '0' },
      codeOf: (name) => (renewed.has(name) ? next : undefined),
    });
    people = createPeople(cluster.url);
    const bob = await people.signUp('Bob');
    alice = await people.signUp('Alice');
    hers = await people.device(alice, undefined, overheard(alice.session.openSocket));
    talk = createTalk({ alice, bob, hers, his: await people.device(bob, undefined, overheard(bob.session.openSocket)) });
  }, 120_000);
  afterAll(async () => {
    await people?.[Symbol.asyncDispose]();
    await cluster?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  }, 120_000);

  /** What comes in over a socket, as it comes. */
  const overheard =
    (open: OpenSocket): OpenSocket =>
    (path, protocol) => {
      const socket = open(path, protocol);
      (socket as unknown as WebSocket).addEventListener('message', ({ data }) => {
        for (const frame of [JSON.parse(String(data))].flat()) {
          frames.add(frame.type);
          if (frame.type === 'update') for (const field of Object.keys(frame.update)) fields.add(field);
        }
      });
      return socket;
    };

  const isNext = async (url: string) => 'tone' in ((await (await fetch(`${url}/api/auth/registration`)).json()) as object);
  /** Behind the edge whoever asks often is answered by both. */
  const versionsThere = async () => new Set(await Promise.all(Array.from({ length: 20 }, () => isNext(cluster.url))));
  const hasColumn = async (service: 'auth' | 'messages', table: string) => {
    await using database = await connect(cluster.postgres.url(`parley_${service}`));
    return (await database.client.query(`SELECT tone FROM ${table}`)).fields.length === 1;
  };
  /** One process of each service at a time, as Deployments are rolled out that were changed together. */
  const restart = async (number: 1 | 2, to: 'this' | 'next') => {
    const instances = cluster.instances.filter(({ name }) => name.endsWith(`-${number}`));
    for (const { name } of instances) to === 'next' ? renewed.add(name) : renewed.delete(name);
    await Promise.all(
      instances.map(async (instance) => {
        await instance.stop();
        await instance.start();
        await instance.ready();
      }),
    );
  };
  const isKnown = ({ me }: Person) => until(async () => (await alice.session.fetch(`${cluster.url}/api/users/${me.userId}`)).ok);
  /** Somebody new is known to everybody: what auth told of them came through whichever version relayed and heard it. */
  const welcomeNewPeople = async () => {
    const arrived = await Promise.all(Array.from({ length: 6 }, (_, index) => people.signUp(`Newcomer${index}`)));
    await Promise.all(arrived.map(isKnown));
  };
  /** By the next version, whatever the edge would have chosen. */
  const signUpAtNext = async () => {
    let left: Person;
    do left = await people.signUp('Left');
    while (!(await pondered(left)));
    return left;
  };
  /** Only the next version tells of this, and it waits for the next version. */
  const pondered = async ({ me }: Person) => {
    await using auth = await connect(cluster.postgres.url('parley_auth'));
    const { rowCount } = await auth.client.query("SELECT FROM outbox WHERE key = $1 AND name = 'user.pondered'", [me.userId]);
    return rowCount === 1;
  };
  const deadLetters = async () => {
    await using bus = await openRabbitBus({ url: cluster.broker.url, log: createLog('dead-letters', 'fatal'), name: 'dead-letters' });
    return await bus.deadLetters.list();
  };

  test('[D10] the next one comes in, process by process, and nothing is lost, doubled or out of order', async () => {
    await talk.through(async () => {
      await restart(2, 'next');
      expect(await versionsThere()).toEqual(new Set([false, true]));
      await welcomeNewPeople();
    });
    expect(await hasColumn('auth', 'accounts')).toBe(true);
    expect(await hasColumn('messages', 'messages')).toBe(true);
  }, 120_000);

  test('[D10] this one starts again where the next one has migrated, and hears what it does not know', async () => {
    await talk.through(async () => {
      await restart(1, 'this');
      expect(await versionsThere()).toEqual(new Set([false, true]));
      await welcomeNewPeople();
    });
    // A device of this version was given what only the next one knows, and went on.
    expect([...frames]).toContain('weather');
    expect([...fields]).toContain('tone');
  }, 120_000);

  test('[D10] the next one is taken back, and this one goes on alone with what it left', async () => {
    await talk.through(async () => {
      await using auth = await connect(cluster.postgres.url('parley_auth'));
      await auth.client.query("SELECT pg_advisory_lock(hashtext('relay of outbox'))");
      const left = await signUpAtNext();
      await restart(2, 'this');
      expect(await versionsThere()).toEqual(new Set([false]));
      await auth.client.query('SELECT pg_advisory_unlock_all()');
      await isKnown(left);
      await welcomeNewPeople();
    });
    const fresh = await people.device(await people.signIn(alice));
    await fresh.parley.compare();
    expect(await deadLetters()).toEqual([]);
  }, 120_000);
});

async function connect(connectionString: string) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  return { client, [Symbol.asyncDispose]: () => client.end() };
}

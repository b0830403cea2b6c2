import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasRabbit, until } from '@parley/common/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../platform/src/cluster/cluster.ts';
import { createPeople, type Device, type Person } from './people.ts';
import { createTalk, HEALED_MS, type Talk } from './talk.ts';

const missing = ['nginx', 'redis-server'].filter((program) => !isInstalled(program)).concat(hasRabbit ? [] : ['rabbitmq-server']);
if (missing.length > 0 && process.env.CI) throw new Error(`not installed: ${missing.join(', ')}`);

describe.skipIf(missing.length > 0)('a cluster of processes behind NGINX', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-cluster-'));
  let cluster: Cluster;
  let people: ReturnType<typeof createPeople>;
  let alice: Person;
  let bob: Person;
  let hers: Device;
  let his: Device;
  let talk: Talk;

  beforeAll(async () => {
    cluster = await startCluster({ folder, instances: 2 });
    people = createPeople(cluster.url);
    [alice, bob] = [await people.signUp('Alice'), await people.signUp('Bob')];
    [hers, his] = [await people.device(alice), await people.device(bob)];
    talk = createTalk({ alice, bob, hers, his });
  }, 300_000);
  afterAll(async () => {
    await people?.[Symbol.asyncDispose]();
    await cluster?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  }, 120_000);

  const talkThrough = (happening: () => Promise<void>) => talk.through(happening);

  test(
    '[D1] [D2] [D3] two people talk',
    () =>
      talkThrough(async () => {
        await until(() => his.texts(alice).length > 20);
      }),
    120_000,
  );

  test.each(['socket-handler', 'messages', 'notifications'] as const)(
    '[D7] nothing is lost when a process of %s is killed, and nobody has to do anything',
    (service) =>
      talkThrough(async () => {
        for (const instance of cluster.of(service)) {
          await instance.kill();
          await instance.start();
          await instance.ready();
        }
      }),
    240_000,
  );

  test(
    '[D10] a rolling restart of every service loses, repeats and reorders nothing',
    () =>
      talkThrough(async () => {
        for (const instance of cluster.instances) {
          await instance.stop();
          await instance.start();
          await instance.ready();
        }
      }),
    400_000,
  );

  test(
    '[D7] RabbitMQ is killed and comes back',
    () =>
      talkThrough(async () => {
        await cluster.broker.kill();
        await cluster.broker.start();
      }),
    240_000,
  );

  test(
    '[D7] Redis is killed and comes back empty',
    () =>
      talkThrough(async () => {
        await cluster.cache.kill();
        await cluster.cache.start();
      }),
    240_000,
  );

  test(
    '[D7] PostgreSQL is killed and comes back',
    () =>
      talkThrough(async () => {
        const pid = Number(readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
        process.kill(pid, 'SIGKILL');
        await until(() => fetch(`${cluster.url}/api/auth/registration`).then(({ ok }) => ok), HEALED_MS);
      }),
    240_000,
  );

  test('[D5] [D6] after all of that a new device is given what the old ones hold, and unread is right', async () => {
    const fresh = await people.device(await people.signIn(alice));
    await until(() => fresh.held(bob).version === hers.held(bob).version);
    expect(fresh.held(bob).lastSeq).toBe(talk.said);
    await his.parley.read(alice.me.userId, talk.said);
    await until(() => hers.held(bob).marks[bob.me.userId]?.read === talk.said);
    await his.parley.compare('list');
    expect(his.parley.list.all()[0]).toMatchObject({ lastSeq: talk.said, unread: 0 });
  }, 60_000);
});

function isInstalled(program: string) {
  try {
    execFileSync('which', [program], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

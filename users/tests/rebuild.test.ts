import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type AccountEvent, type Route, userRoutes } from '@parley/common/contracts';
import type { Ask } from '@parley/common/server';
import { until } from '@parley/common/testing';
import { expect, test } from 'vitest';
import { readRebuildConfig } from '../src/config.ts';
import { replay } from '../src/replay.ts';
import { AT, enter, everybody, find, names, page, registered, search, startOne } from './cast.ts';

/** On a machine that has much else to do. */
const A_PROCESS_STARTS = 60_000;
const program = fileURLToPath(new URL('../src/rebuild.ts', import.meta.url));

/** As auth keeps them: of who has gone only that; and things that users does not hear. */
const ada = registered({ displayName: 'Ada Lovelace', userName: 'ada' });
const ben = registered({ displayName: 'Ben Nevis', userName: 'ben' });
const gone = registered();
const left = { userId: gone.userId, number: 5, at: AT };
const kept: AccountEvent[] = [
  { name: 'user.registered', data: ada },
  { name: 'user.logged-in', data: { userId: ada.userId, number: 2, sessionId: ada.userId, deviceName: 'Firefox', at: AT } },
  { name: 'user.registered', data: ben },
  { name: 'user.deleted', data: left },
];

/** Auth, one event a page; and messages, which knows that Ben blocked Ada. */
const answers = (path: string, { after = '0', userIds = [] }: { after?: string; userIds?: readonly string[] }) => {
  if (path === '/internal/auth/events') {
    const next = Number(after) + 1;
    return { events: kept.slice(next - 1, next), after: next < kept.length ? String(next) : null };
  }
  return {
    people: userIds.map((userId) => {
      const byBen = userId === ben.userId;
      return { userId, peers: [{ peerId: byBen ? ada.userId : ben.userId, blocks: byBen, blockedBy: !byBen }], after: null };
    }),
  };
};

const others = (async (route: Route, input: { userIds?: string[]; after?: string }) => answers(route.path, input)) as unknown as Ask;

test('people rebuilt from the events that auth kept are the people that were', async () => {
  await using original = await startOne();
  await using rebuilt = await startOne();
  for (const { name, data } of kept) await original.pod.world.bus.publish(name as 'user.registered', data as typeof ada);
  await original.settled();

  expect(await replay(rebuilt.pod.world.database, others)).toEqual({ registered: 2, deleted: 1, blocks: 1 });
  // Also while it is being rebuilt for the second time.
  await replay(rebuilt.pod.world.database, others);

  const before = await everybody(original.visitor);
  const after = await everybody(rebuilt.visitor);
  expect(names(after)).toEqual(['Ada Lovelace', 'Ben Nevis']);
  expect(after).toEqual(before.map((person) => ({ ...person, presence: 'unknown' })));
  expect((await search(rebuilt.visitor, 'nev')).people).toHaveLength(1);
});

test('an account that was deleted before the rebuild stays away, whatever is heard later', async () => {
  await using users = await startOne();
  await replay(users.pod.world.database, others);
  await users.pod.world.bus.publish('user.registered', gone);
  await users.settled();
  expect(await find(users.visitor, gone.userId)).toBeUndefined();
});

test('a rebuild into a database in use adds what it lacks and takes back nothing', async () => {
  await using users = await startOne();
  await users.pod.world.bus.publish('user.registered', ada);
  await users.move(ada.userId, 'user.online', 1);
  await users.settled();
  await enter(users.pod, ada.userId).browser.call(userRoutes.updateMe, { displayName: 'Countess', about: 'mine' });
  const before = await find(users.visitor, ada.userId);

  await replay(users.pod.world.database, others);
  expect(await find(users.visitor, ada.userId)).toEqual(before);
  expect(await find(users.visitor, ben.userId)).toMatchObject({ displayName: 'Ben Nevis', presence: 'unknown' });
  expect((await search(users.visitor, 'lovelace')).people).toEqual([]);

  await users.move(ben.userId, 'user.online', 3);
  await until(async () => (await find(users.visitor, ben.userId))?.presence === 'online');
});

test('a block that was decided before the rebuild holds after it, unless something newer was heard', async () => {
  await using users = await startOne();
  await replay(users.pod.world.database, others);
  for (const { userId } of [ada, ben]) await users.move(userId, 'user.online', 1);
  await users.settled();
  expect(await find(enter(users.pod, ada.userId), ben.userId)).toMatchObject({ presence: 'offline', presenceNumber: 0 });
  expect(await find(users.visitor, ben.userId)).toMatchObject({ presence: 'online' });

  await users.decide(ben.userId, 'person.unblocked', ada.userId, 3);
  await users.settled();
  await replay(users.pod.world.database, others);
  expect(await find(enter(users.pod, ada.userId), ben.userId)).toMatchObject({ presence: 'online' });
});

test(
  'the command rebuilds',
  async () => {
    await using users = await startOne();
    const server = createServer(async (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://others');
      const given = request.method === 'POST' ? await json(request) : Object.fromEntries(searchParams);
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answers(pathname, given as object)));
    }).listen(0, '127.0.0.1');
    await using _ = { [Symbol.asyncDispose]: async () => void server.close() };
    await once(server, 'listening');
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { rows } = await users.pod.world.database.query<{ url: string }>(
      `SELECT format('postgresql://%s@127.0.0.1:%s/%s', current_user, current_setting('port'), current_database()) AS url`,
    );
    const env = { PATH: process.env.PATH, DATABASE_URL: rows[0]?.url, AUTH_URL: address, MESSAGES_URL: address };
    await promisify(execFile)(process.execPath, [program], { env });
    expect(names((await page(users.visitor)).people)).toEqual(['Ada Lovelace', 'Ben Nevis']);
  },
  A_PROCESS_STARTS,
);

test(
  'the command says that it is for a cluster, and what it needs there',
  async () => {
    const told = promisify(execFile)(process.execPath, [program], { env: { PATH: process.env.PATH } });
    await expect(told).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/in a cluster[\s\S]*npm start[\s\S]*AUTH_URL: is missing/),
    });
  },
  A_PROCESS_STARTS,
);

test('the command says which of its settings are missing', () => {
  expect(() => readRebuildConfig({ AUTH_URL: 'http://auth' })).toThrow(/DATABASE_URL[\s\S]*MESSAGES_URL/);
});

import { byOnlineFirst, type EventData, userRoutes } from '@parley/common/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AT, enter, everybody, find, names, page, search, startOne, type Users } from './cast.ts';

/** Ada, Ben and Cleo are here, Dora is not; each with a browser. */
async function four(users: Users) {
  const people = await users.register({ displayName: 'Ada' }, { displayName: 'Ben' }, { displayName: 'Cleo' }, { displayName: 'Dora' });
  const [ada, ben, cleo, dora] = people.map(({ userId }) => enter(users.pod, userId)) as [Browser, Browser, Browser, Browser];
  for (const { userId } of [ada, ben, cleo]) await users.move(userId, 'user.online', 1);
  await users.settled();
  return { ada, ben, cleo, dora };
}
type Browser = ReturnType<typeof enter>;

const here = { presence: 'online', presenceNumber: 1, lastSeenAt: AT };
const longGone = { presence: 'offline', presenceNumber: 0, lastSeenAt: null };

test('[D8] between two of whom one has blocked the other, each looks to the other as if never here', async () => {
  await using users = await startOne();
  const { ada, ben, cleo } = await four(users);
  await users.decide(ada.userId, 'person.blocked', ben.userId, 1);
  await users.settled();

  for (const [viewer, other] of [
    [ben, ada],
    [ada, ben],
  ] as const) {
    expect(await find(viewer, other.userId)).toMatchObject(longGone);
    expect(await viewer.browser.call(userRoutes.person, { userId: other.userId })).toMatchObject(longGone);
    expect((await search(viewer, other === ada ? 'ada' : 'ben')).people).toMatchObject([longGone]);
    expect((await page(viewer)).people.find(({ userId }) => userId === other.userId)).toMatchObject(longGone);
  }
  expect(await find(cleo, ada.userId)).toMatchObject(here);
  expect(await find(cleo, ben.userId)).toMatchObject(here);

  await users.decide(ada.userId, 'person.unblocked', ben.userId, 2);
  await users.settled();
  expect(await find(ben, ada.userId)).toMatchObject(here);
});

test.each([1, 2, 3, 10])('[D8] nor does the order tell them: who blocked stands among those who are away (pages of %d)', async (limit) => {
  await using users = await startOne();
  const { ada, ben, cleo } = await four(users);
  await page(cleo, { sort: 'online', limit });
  await users.decide(ben.userId, 'person.blocked', cleo.userId, 1);
  await users.settled();
  const shown = await everybody(cleo, { sort: 'online', limit });
  expect(names(shown)).toEqual(['Ada', 'Cleo', 'Ben', 'Dora']);
  expect([...shown].sort(byOnlineFirst)).toEqual(shown);
  expect(names(await everybody(cleo, { sort: 'online', direction: 'descending', limit }))).toEqual(['Dora', 'Ben', 'Cleo', 'Ada']);
  expect(names(await everybody(ada, { sort: 'online', limit }))).toEqual(['Ada', 'Ben', 'Cleo', 'Dora']);
});

test('when somebody was last here is shown only between two who both show it', async () => {
  await using users = await startOne();
  const { ada, ben, cleo } = await four(users);
  await users.move(ada.userId, 'user.offline', 2, true);
  await users.move(ben.userId, 'user.offline', 2);
  await users.settled();
  expect(await find(ben, ada.userId)).toMatchObject({ presence: 'offline', presenceNumber: 2, lastSeenAt: null });
  expect(await find(ada, ben.userId)).toMatchObject({ presence: 'offline', presenceNumber: 2, lastSeenAt: null });
  expect(await find(cleo, ben.userId)).toMatchObject({ lastSeenAt: AT });
  expect(await find(ada, ada.userId)).toMatchObject({ lastSeenAt: AT });

  await users.move(ada.userId, 'user.online', 3);
  await users.settled();
  expect(await find(ben, ada.userId)).toMatchObject({ ...here, presenceNumber: 3 });
  expect(await find(ada, ben.userId)).toMatchObject({ lastSeenAt: AT });
});

test('of several decisions about the same person the one with the highest number holds, whichever order they come in', async () => {
  await using users = await startOne();
  const { ada, ben } = await four(users);
  let last = 0;
  const Decisions = fc.array(fc.constantFrom('person.blocked' as const, 'person.unblocked' as const), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(
      Decisions.chain((names) =>
        fc.tuple(fc.constant(names), fc.shuffledSubarray([...names.keys(), ...names.keys()], { minLength: 2 * names.length })),
      ),
      async ([decisions, order]) => {
        for (const index of order) await users.decide(ada.userId, decisions[index] ?? 'person.blocked', ben.userId, last + index + 1);
        last += decisions.length;
        await users.settled();
        expect(await find(ben, ada.userId)).toMatchObject(decisions.at(-1) === 'person.blocked' ? longGone : here);
      },
    ),
    { numRuns: 10, endOnFailure: true },
  );
});

test('a block goes with either account, and none is kept of somebody who has gone', async () => {
  await using users = await startOne();
  const { ada, ben, cleo } = await four(users);
  await users.decide(ada.userId, 'person.blocked', ben.userId, 1);
  await users.decide(cleo.userId, 'person.blocked', ada.userId, 1);
  await users.remove(ada.userId);
  await users.decide(ben.userId, 'person.blocked', ada.userId, 2);
  await users.settled();
  expect((await users.pod.world.database.query<EventData<'person.blocked'>>('SELECT * FROM blocks')).rows).toEqual([]);
});

import type { BusState } from '@parley/common/bus';
import { type EventData, userRoutes } from '@parley/common/contracts';
import { signedIn, testClock, testPlatform, until } from '@parley/common/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startUsers } from '../src/service.ts';
import { AT, config, enter, find, page, registered, startOne, type Users } from './cast.ts';

let users: Users;
const updates: EventData<'user.updated'>[] = [];
beforeAll(async () => {
  users = await startOne();
  await users.pod.world.bus.hear({
    kind: 'shared',
    queue: `${users.platform.namespace}.updates`,
    names: ['user.updated'],
    handle: async (batch) => void updates.push(...batch.map(({ data }) => data)),
  });
});
afterAll(() => users[Symbol.asyncDispose]());

const heardOf = (userId: string) => updates.filter((update) => update.userId === userId);

async function newcomer(displayName = 'Ada Lovelace') {
  const [{ userId }] = await users.register({ displayName });
  return enter(users.pod, userId);
}

test('how somebody appears is theirs to change, and everybody is told, in the order of the changes', async () => {
  const ada = await newcomer();
  const changed = await ada.browser.call(userRoutes.updateMe, { displayName: 'Countess Lovelace', about: 'Notes by the translator.' });
  expect(changed).toMatchObject({ displayName: 'Countess Lovelace', about: 'Notes by the translator.', profileNumber: 1 });
  await ada.browser.call(userRoutes.updateMe, { about: '' });
  expect(await find(users.visitor, ada.userId)).toMatchObject({ displayName: 'Countess Lovelace', about: '', profileNumber: 2 });

  await until(() => heardOf(ada.userId).length === 2);
  expect(heardOf(ada.userId).map(({ number }) => number)).toEqual([1, 2]);
  expect(heardOf(ada.userId)[0]).toMatchObject({ displayName: 'Countess Lovelace', about: 'Notes by the translator.', pictureId: null });
});

test('a change that alters nothing takes no number and is not told', async () => {
  const ada = await newcomer('Ada');
  expect(await ada.browser.call(userRoutes.updateMe, { displayName: '  Ada ' })).toMatchObject({ profileNumber: 0 });
  expect(await ada.browser.call(userRoutes.updateMe, {})).toMatchObject({ profileNumber: 0 });
  await ada.browser.call(userRoutes.updateMe, { about: 'last' });
  await until(() => heardOf(ada.userId).length > 0);
  expect(heardOf(ada.userId)).toMatchObject([{ number: 1, about: 'last' }]);
});

test('changes of one person at the same time each take a number of their own', async () => {
  const ada = await newcomer();
  const abouts = Array.from({ length: 8 }, (_, index) => `about ${index}`);
  const answers = await Promise.all(abouts.map((about) => ada.browser.call(userRoutes.updateMe, { about })));
  expect(answers.map(({ profileNumber }) => profileNumber).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test('a registration that is heard again does not take back what the person changed since', async () => {
  const [ada] = await users.register({ displayName: 'Ada Before' });
  await enter(users.pod, ada.userId).browser.call(userRoutes.updateMe, { displayName: 'Ada After' });
  await users.pod.world.bus.publish('user.registered', ada);
  await users.settled();
  expect(await find(users.visitor, ada.userId)).toMatchObject({ displayName: 'Ada After' });
});

test('a display name is kept on one line and in one form', async () => {
  const ada = await newcomer();
  expect(await ada.browser.call(userRoutes.updateMe, { displayName: ' Zoe\u0308 \t of\nLondon ' })).toMatchObject({
    displayName: 'Zoë of London',
  });
});

test.each([
  ['a blank display name', { displayName: ' ' }],
  ['an invisible one', { displayName: '\u200b\u2060' }],
  ['one that turns the direction of writing', { displayName: 'Ada \u202e' }],
  ['one too long', { displayName: 'x'.repeat(65) }],
  ['one that reaches over the lines above', { displayName: `A${'\u0301'.repeat(60)}da` }],
  ['one with U+0000', { displayName: 'a\0b' }],
  ['half a character', { about: '\ud800' }],
  ['an about too long', { about: '𝒜'.repeat(281) }],
  ['a number for a name', { displayName: 7 }],
])('%s is refused', async (_, input) => {
  const ada = await newcomer();
  await expect(ada.browser.call(userRoutes.updateMe, input as never)).rejects.toMatchObject({ code: 'invalid-input' });
});

test('text as long as allowed is taken, counted in characters and not in units', async () => {
  const ada = await newcomer();
  const wanted = { displayName: '𝒜'.repeat(64), about: '👩‍👩‍👧'.slice(0, 2).repeat(140) };
  expect(await ada.browser.call(userRoutes.updateMe, wanted)).toMatchObject(wanted);
});

const ASKED_AGAIN_MS = 50;

test('who has just signed up and is not known here yet is waited for, and asked to come back in the end', async () => {
  const clock = testClock();
  /** Told when a change waits. */
  const waiting: (() => void)[] = [];
  const sleep: typeof clock.sleep = (milliseconds, signal) => {
    if (milliseconds === ASKED_AGAIN_MS) waiting.shift()?.();
    return clock.sleep(milliseconds, signal);
  };
  const waits = () => new Promise<void>((resolve) => void waiting.push(resolve));
  const patient: typeof startUsers = async (given, world) => startUsers(given, { ...world, clock: { now: clock.now, sleep } });
  await using platform = testPlatform();
  const pod = await platform.start('users', patient, config);

  const early = enter(pod);
  const [waited, changed] = [waits(), early.browser.call(userRoutes.updateMe, { about: 'first!' })];
  await waited;
  await pod.world.bus.publish('user.registered', registered({ userId: early.userId }));
  await until(() => find(early, early.userId));
  clock.advance(ASKED_AGAIN_MS);
  expect(await changed).toMatchObject({ about: 'first!', profileNumber: 1 });

  const [waitsAgain, refused] = [waits(), enter(pod).browser.call(userRoutes.updateMe, { about: 'who?' })];
  await waitsAgain;
  clock.advance(1_000);
  await expect(refused).rejects.toMatchObject({ code: 'unavailable', retryAfter: 1 });
});

test('who has deleted their account changes nothing any more, and what was not told yet is never told', async () => {
  const ada = await newcomer();
  await users.remove(ada.userId);
  await expect(ada.browser.call(userRoutes.updateMe, { about: 'ghost' })).rejects.toMatchObject({ code: 'signed-out' });
  const { rows } = await users.pod.world.database.query('SELECT 1 FROM outbox WHERE key = $1', [ada.userId]);
  expect(rows).toEqual([]);
});

test('profiles in bulk leave out who is gone or was never here', async () => {
  const [ada, ben] = await users.register({ displayName: 'Ada' }, { displayName: 'Ben' });
  await users.remove(ben.userId);
  const stranger = '00000000-0000-7000-8000-000000000000';
  const { people } = await users.visitor.browser.call(userRoutes.profiles, { userIds: [ada.userId, ben.userId, stranger] });
  expect(people.map(({ userId }) => userId)).toEqual([ada.userId]);
});

test.each([[[]], [['not an id']], [Array.from({ length: 101 }, () => '00000000-0000-7000-8000-000000000000')]])(
  '%j is no list of people',
  async (userIds) => {
    await expect(users.visitor.browser.call(userRoutes.profiles, { userIds })).rejects.toMatchObject({ code: 'invalid-input' });
  },
);

test('one person is answered, and nobody is not found', async () => {
  const [ada] = await users.register({ displayName: 'Ada' });
  expect(await users.visitor.browser.call(userRoutes.person, { userId: ada.userId })).toMatchObject({ displayName: 'Ada' });
  const nobody = users.visitor.browser.call(userRoutes.person, { userId: '00000000-0000-7000-8000-000000000000' });
  await expect(nobody).rejects.toMatchObject({ code: 'person-not-found', status: 404 });
  await expect(users.visitor.browser.call(userRoutes.person, { userId: 'me' })).rejects.toMatchObject({ code: 'invalid-input' });
});

test('a page of another origin changes nothing', async () => {
  const ada = await newcomer();
  const headers = { origin: 'https://evil.test', 'content-type': 'application/json' };
  const response = await ada.browser.fetch('/api/users/me', { method: 'PATCH', headers, body: '{"about":"pwned"}' });
  expect(response.status).toBe(403);
  expect(await find(users.visitor, ada.userId)).toMatchObject({ about: '' });
});

test('while the bus is away presence is unknown, which is not the same as offline', async () => {
  const link = { state: 'up' as BusState };
  const cutOff: typeof startUsers = (given, world) =>
    startUsers(given, { ...world, bus: Object.create(world.bus, { state: { get: () => link.state } }) });
  await using platform = testPlatform();
  const pod = await platform.start('users', cutOff, config);
  const { userId } = signedIn();
  await pod.world.bus.publish('user.registered', registered({ userId }));
  await pod.world.bus.publish('user.online', { userId, number: 1, at: AT });
  const guest = enter(pod);
  await until(async () => (await find(guest, userId))?.presence === 'online');

  link.state = 'away';
  expect(await find(guest, userId)).toMatchObject({ presence: 'unknown', presenceNumber: 1 });
  expect((await page(guest)).people).toMatchObject([{ userId, presence: 'unknown' }]);
  link.state = 'up';
  expect(await find(guest, userId)).toMatchObject({ presence: 'online' });
});

test('more changes a minute than anybody makes are refused for a while', async () => {
  const ada = await newcomer();
  const answers = Array.from({ length: 40 }, (_, index) =>
    ada.browser.call(userRoutes.updateMe, { about: `${index}` }).catch((error: unknown) => error),
  );
  expect(await Promise.all(answers)).toContainEqual(expect.objectContaining({ code: 'rate-limited', retryAfter: expect.any(Number) }));
});

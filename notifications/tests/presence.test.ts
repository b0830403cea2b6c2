import { notificationRoutes } from '@parley/common/contracts';
import { call, type SignedIn, setting, signedIn, testClock, testPlatform, until } from '@parley/common/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Conversations, startPod } from './cast.ts';
import { connect, type TestDevice } from './device.ts';

const platform = testPlatform();
const conversations = new Conversations();
const clock = testClock();
let one: Awaited<ReturnType<typeof startPod>>;
let two: Awaited<ReturnType<typeof startPod>>;
beforeAll(async () => {
  one = await startPod(platform, conversations, { clock });
  two = await startPod(platform, conversations, { clock });
});
afterAll(() => platform[Symbol.asyncDispose]());

/** Waits for a condition while the clock goes on, less than a grace in all. */
const soon = (condition: () => boolean | Promise<boolean>) =>
  until(() => {
    clock.advance(20);
    return condition();
  });
/** As `soon`, for as long as it takes. */
const later = (condition: () => boolean | Promise<boolean>) =>
  until(() => {
    clock.advance(500);
    return condition();
  });
const sees = (device: TestDevice, { userId }: SignedIn, state: string) => soon(() => device.presenceOf(userId) === state);

/** Two who have a conversation, the first of them connected. */
async function friends() {
  const [ann, ben] = [signedIn({ clock }), signedIn({ clock })];
  conversations.between(ann.userId, ben.userId);
  return { ann, ben, anns: await connect(one.url, ann) };
}

/** What was on its way when this was called has arrived: somebody else came after it, and was seen. */
async function fence(device: TestDevice, { userId }: SignedIn) {
  const stranger = signedIn({ clock });
  device.say({ type: 'watch', userIds: [stranger.userId], people: false });
  await device.see('presence', ({ people }) => people.some((person) => person.userId === stranger.userId));
  await using _strangers = await connect(two.url, stranger);
  await sees(device, stranger, 'online');
  return device.presenceOf(userId);
}

test('[D9] a person is online with the first device and offline ten seconds after the last one, on whichever pods they are', async () => {
  const { ann, ben, anns } = await friends();
  expect(anns.presenceOf(ben.userId)).toBe('offline');
  const phone = await connect(two.url, ben);
  await sees(anns, ben, 'online');
  const laptop = await connect(one.url, ben);

  await phone[Symbol.asyncDispose]();
  clock.advance(60_000);
  expect(await fence(anns, ben)).toBe('online');

  await laptop[Symbol.asyncDispose]();
  expect(await fence(anns, ben)).toBe('online');
  await later(() => anns.presenceOf(ben.userId) === 'offline');
  const last = anns.saw('presence').at(-1)?.people.at(-1);
  expect(Date.parse(last?.lastSeenAt as string)).toBeLessThanOrEqual(clock.now() - 10_000);
  expect(ann.userId).not.toBe(ben.userId);
});

test('[D9] who falls silent is found out by the heartbeat, and their grace was over by then', async () => {
  const { ben, anns } = await friends();
  const since = clock.now();
  await using silent = await connect(two.url, ben, { autoPong: false });
  await sees(anns, ben, 'online');
  await later(() => anns.presenceOf(ben.userId) === 'offline');
  expect(await silent.closed).toEqual({ code: 4002, reason: 'timed-out' });
  const last = anns
    .saw('presence')
    .at(-1)
    ?.people.find(({ userId }) => userId === ben.userId);
  expect(Date.parse(last?.lastSeenAt as string) - since).toBeLessThan(40_000);
});

test('who changes pods within the grace was never away', async () => {
  const { ben, anns } = await friends();
  const first = await connect(one.url, ben);
  await sees(anns, ben, 'online');
  const told = anns
    .saw('presence')
    .flatMap(({ people }) => people)
    .filter(({ userId }) => userId === ben.userId).length;
  await first[Symbol.asyncDispose]();
  await using _second = await connect(two.url, ben);
  clock.advance(60_000);
  expect(await fence(anns, ben)).toBe('online');
  expect(
    anns
      .saw('presence')
      .flatMap(({ people }) => people)
      .filter(({ userId }) => userId === ben.userId),
  ).toHaveLength(told);
});

test('[D9] numbers grow with each change, so that the last one holds in whichever order they come', async () => {
  const { ben, anns } = await friends();
  for (const pod of [one, two]) {
    const device = await connect(pod.url, ben);
    await sees(anns, ben, 'online');
    await device[Symbol.asyncDispose]();
    await later(() => anns.presenceOf(ben.userId) === 'offline');
  }
  const numbers = anns
    .saw('presence')
    .flatMap(({ people }) => people)
    .filter(({ userId }) => userId === ben.userId)
    .map(({ number }) => number);
  expect(numbers).toEqual([1, 2, 3, 4]);
});

test('[D8] nobody without a conversation learns who is here, unless they have them on screen', async () => {
  const [eve, ben] = [signedIn({ clock }), signedIn({ clock })];
  await using eves = await connect(one.url, eve);
  await using _bens = await connect(two.url, ben);
  expect(await fence(eves, ben)).toBe('offline');
  expect(
    eves
      .saw('presence')
      .flatMap(({ people }) => people)
      .some(({ userId }) => userId === ben.userId),
  ).toBe(false);

  eves.say({ type: 'watch', userIds: [ben.userId], people: false });
  await sees(eves, ben, 'online');
});

test('who looks away is told no more', async () => {
  const [eve, ben] = [signedIn({ clock }), signedIn({ clock })];
  await using eves = await connect(one.url, eve);
  const bens = await connect(two.url, ben);
  eves.say({ type: 'watch', userIds: [ben.userId], people: false });
  await sees(eves, ben, 'online');
  eves.say({ type: 'watch', userIds: [], people: false });
  await bens[Symbol.asyncDispose]();
  clock.advance(11_000);
  await fence(eves, ben);
  expect(eves.presenceOf(ben.userId)).toBe('online');
});

test('[D8] across a block nobody is here: not in the snapshot, not on screen, not when they come', async () => {
  const { ann, ben, anns } = await friends();
  await using bens = await connect(two.url, ben);
  await sees(anns, ben, 'online');
  await sees(bens, ann, 'online');

  conversations.block(ann.userId, ben.userId);
  await one.world.bus.publish('person.blocked', { userId: ann.userId, peerId: ben.userId, number: 1, at: '2026-01-01T00:00:00.000Z' });
  await sees(anns, ben, 'offline');
  await sees(bens, ann, 'offline');
  bens.say({ type: 'watch', userIds: [ann.userId], people: false });
  const shown = await bens.see('presence', ({ people }) => people.some(({ userId, number }) => userId === ann.userId && number === 0));
  expect(shown.people).toEqual([{ userId: ann.userId, state: 'offline', lastSeenAt: null, number: 0 }]);
  await using other = await connect(one.url, ben);
  expect(other.presenceOf(ann.userId)).toBe('offline');

  conversations.block(ann.userId, ben.userId, false);
  await one.world.bus.publish('person.unblocked', { userId: ann.userId, peerId: ben.userId, number: 2, at: '2026-01-01T00:00:00.000Z' });
  await sees(anns, ben, 'online');
  await sees(bens, ann, 'online');
});

test('somebody new in my conversations is seen at once', async () => {
  const [ann, ben] = [signedIn({ clock }), signedIn({ clock })];
  await using anns = await connect(one.url, ann);
  await using bens = await connect(two.url, ben);
  expect(anns.presenceOf(ben.userId)).toBe('offline');
  conversations.between(ann.userId, ben.userId);
  const { announce, stored } = await import('./cast.ts');
  await announce(one, 'message.stored', stored(ben.userId, ann.userId));
  await sees(anns, ben, 'online');
  await sees(bens, ann, 'online');
});

test('times are shown only between two who both show theirs', async () => {
  const { ann, ben, anns } = await friends();
  const bens = await connect(two.url, ben);
  await sees(anns, ben, 'online');
  const shown = () =>
    anns
      .saw('presence')
      .flatMap(({ people }) => people)
      .filter(({ userId }) => userId === ben.userId)
      .at(-1);
  expect(shown()?.lastSeenAt).not.toBeNull();
  const decide = (person: SignedIn, showLastSeen: boolean) =>
    call(two.url, notificationRoutes.changeNotificationSettings, { showLastSeen }, person);

  await decide(ben, false);
  await soon(() => shown()?.lastSeenAt === null);
  expect(shown()?.state).toBe('online');
  await bens.see('preferences', ({ showLastSeen }) => !showLastSeen);
  await bens[Symbol.asyncDispose]();
  await later(() => anns.presenceOf(ben.userId) === 'offline');
  expect(shown()?.lastSeenAt).toBeNull();

  await decide(ben, true);
  await soon(() => shown()?.lastSeenAt !== null);
  // Who hides their own sees nobody else's.
  await decide(ann, false);
  anns.say({ type: 'watch', userIds: [ben.userId], people: false });
  await soon(() => shown()?.lastSeenAt === null);
});

test('many who come at once are one frame for whoever sees them', async () => {
  const ann = signedIn({ clock });
  const others = Array.from({ length: 30 }, () => signedIn({ clock }));
  for (const other of others) conversations.between(ann.userId, other.userId);
  await using anns = await connect(one.url, ann);
  const before = anns.saw('presence').length;
  const devices = await Promise.all(others.map((other) => connect(two.url, other)));
  await soon(() => others.every(({ userId }) => anns.presenceOf(userId) === 'online'));
  expect(anns.saw('presence').length - before).toBeLessThan(others.length);
  for (const device of devices) await device[Symbol.asyncDispose]();
});

test('who was said to be here when everything ended is offline once a pod starts again [D9]', async () => {
  const { ann, anns } = await friends();
  const lost = signedIn({ clock });
  conversations.between(ann.userId, lost.userId);
  await anns[Symbol.asyncDispose]();
  await one.world.database.query('INSERT INTO presence (user_id, number, online, seen_at, told) VALUES ($1, 41, true, now(), 41)', [
    lost.userId,
  ]);
  await using again = await connect(two.url, ann);
  expect(again.presenceOf(lost.userId)).toBe('online');
  // Each pod compares once a minute, and when it starts.
  await using _three = await startPod(platform, conversations, { clock });
  await later(() => again.presenceOf(lost.userId) === 'offline');
  expect(again.saw('presence').at(-1)?.people.at(-1)?.number).toBe(42);
});

test.runIf(setting === 'servers')(
  '[D9] who was on a pod that crashed is offline when its lease ran out, and online again elsewhere',
  async () => {
    const { ben, anns } = await friends();
    const doomed = await startPod(platform, conversations, { clock });
    await connect(doomed.url, ben);
    await sees(anns, ben, 'online');
    await doomed.world.registry[Symbol.asyncDispose]();
    await later(() => anns.presenceOf(ben.userId) === 'offline');
    await using _back = await connect(two.url, ben);
    await sees(anns, ben, 'online');
  },
);

test('presence that could not be told when it moved is told by whichever pod finds it [D9]', async () => {
  const { ann, ben, anns } = await friends();
  // A pod wrote this down and died before it could publish it.
  await one.world.database.query(
    `INSERT INTO presence (user_id, number, online, seen_at, told, changed_at) VALUES ($1, 5, true, now(), 4, now() - interval '1 minute')`,
    [ben.userId],
  );
  await soon(() => anns.saw('presence').some(({ people }) => people.some(({ userId, number }) => userId === ben.userId && number === 5)));
  const { rows } = await one.world.database.query('SELECT told FROM presence WHERE user_id = $1', [ben.userId]);
  expect(rows).toEqual([{ told: 5 }]);
  expect(ann).toBeDefined();
});

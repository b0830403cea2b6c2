import { conversationIdOf, type EventData, notificationRoutes } from '@parley/common/contracts';
import { call, signedIn, testPlatform, until } from '@parley/common/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { announce, Conversations, startPod, stored } from './cast.ts';
import { connect, type TestDevice } from './device.ts';

const platform = testPlatform();
const conversations = new Conversations();
let one: Awaited<ReturnType<typeof startPod>>;
let two: Awaited<ReturnType<typeof startPod>>;
beforeAll(async () => {
  one = await startPod(platform, conversations);
  two = await startPod(platform, conversations);
});
afterAll(() => platform[Symbol.asyncDispose]());

const last = (device: TestDevice) => device.saw('notice').at(-1)?.notice;

test('[D8] a notice reaches every device of both people, on any pod, and nobody else', async () => {
  const [ann, ben, eve] = [signedIn(), signedIn(), signedIn()];
  await using phone = await connect(one.url, ann);
  await using laptop = await connect(two.url, ann);
  await using bens = await connect(two.url, ben);
  await using eves = await connect(one.url, eve);

  await announce(one, 'message.stored', stored(ann.userId, ben.userId, { version: 7, unread: 3 }));
  for (const device of [phone, laptop]) {
    const { notice } = await device.see('notice');
    expect(notice).toMatchObject({ peerId: ben.userId, version: 7, lastSeq: 7, unread: 0, notify: false });
  }
  const { notice } = await bens.see('notice');
  expect(notice).toMatchObject({ peerId: ann.userId, version: 7, lastSeq: 7, unread: 3, notify: true });

  // Also when every pod is told, because nobody can tell who is where.
  await one.world.bus.publish('message.stored', stored(ann.userId, ben.userId, { version: 8 }), {
    to: { group: 'notifications', pods: 'every' },
  });
  await until(() => last(laptop)?.version === 8);
  await announce(one, 'message.stored', stored(eve.userId, ben.userId, { version: 1 }));
  await eves.see('notice');
  expect(eves.saw('notice').map((told) => told.notice.peerId)).toEqual([ben.userId]);
});

test('[D6] unread is passed on as messages counted it, never counted here', async () => {
  const [ann, ben] = [signedIn(), signedIn()];
  await using device = await connect(one.url, ben);
  for (const [version, unread] of [
    [1, 1],
    [2, 5],
    [3, 2],
    [4, 0],
  ] as const) {
    await announce(one, 'message.stored', stored(ann.userId, ben.userId, { version, unread }));
    await until(() => last(device)?.version === version);
    expect(last(device)?.unread).toBe(unread);
  }
});

test('[D6] the author learns of delivery and reading while the room is closed', async () => {
  const [ann, ben] = [signedIn(), signedIn()];
  await using device = await connect(one.url, ann);
  const marks = { [ben.userId]: { delivered: 4, read: 3 } };
  const lists = { [ann.userId]: { lastSeq: 4, unread: 0, notify: false } };
  const { update, ...rest } = stored(ann.userId, ben.userId, { version: 9 });
  await announce(two, 'receipt.moved', { ...rest, update: { ...update, messages: [], marks }, lists });
  const { notice } = await device.see('notice');
  expect(notice).toMatchObject({ version: 9, marks, unread: 0 });
  expect(notice).not.toHaveProperty('preview');
});

test('[D8] of what is concealed from somebody their notice says no more than that a version passed', async () => {
  const [ann, ben] = [signedIn(), signedIn()];
  await using anns = await connect(one.url, ann);
  await using bens = await connect(two.url, ben);
  const outcome = stored(ann.userId, ben.userId, { version: 5, text: 'withheld' });
  await announce(one, 'message.stored', {
    ...outcome,
    concealed: ben.userId,
    update: { ...outcome.update, marks: { [ann.userId]: { delivered: 5, read: 5 } } },
    lists: { ...outcome.lists, [ben.userId]: { lastSeq: 4, unread: 0, notify: false } },
  });
  await anns.see('notice', ({ notice }) => notice.preview?.text === 'withheld');
  const { notice } = await bens.see('notice');
  expect(notice).toEqual({
    conversationId: conversationIdOf(ann.userId, ben.userId),
    peerId: ann.userId,
    epoch: 'one',
    version: 5,
    lastSeq: 4,
    unread: 0,
    notify: false,
  });
});

test('a repeat that moved nothing is no notice', async () => {
  const [ann, ben] = [signedIn(), signedIn()];
  await using device = await connect(one.url, ben);
  const { lists: _lists, ...repeat } = stored(ann.userId, ben.userId, { version: 1 });
  await announce(one, 'message.stored', repeat);
  await announce(one, 'message.stored', stored(ann.userId, ben.userId, { version: 2 }));
  await until(() => last(device)?.version === 2);
  expect(device.saw('notice')).toHaveLength(1);
});

test('under do not disturb notices come without a sound, on every pod, until it ends', async () => {
  const [ann, ben] = [signedIn(), signedIn()];
  await using device = await connect(two.url, ben);
  const doNotDisturbUntil = new Date(Date.now() + 60_000).toISOString();
  await call(one.url, notificationRoutes.changeNotificationSettings, { doNotDisturbUntil }, ben);
  expect(await device.see('preferences')).toMatchObject({ doNotDisturbUntil, showLastSeen: true });
  await announce(one, 'message.stored', stored(ann.userId, ben.userId, { version: 1 }));
  await until(() => last(device)?.version === 1);
  expect(last(device)).toMatchObject({ notify: false, unread: 1 });

  await using later = await connect(one.url, ben);
  await announce(one, 'message.stored', stored(ann.userId, ben.userId, { version: 2 }));
  await until(() => last(later)?.version === 2);
  expect(last(later)?.notify).toBe(false);

  await call(two.url, notificationRoutes.changeNotificationSettings, { doNotDisturbUntil: null }, ben);
  await later.see('preferences', (preferences) => preferences.doNotDisturbUntil === null);
  await announce(one, 'message.stored', stored(ann.userId, ben.userId, { version: 3 }));
  await until(() => last(later)?.version === 3);
  expect(last(later)?.notify).toBe(true);
});

test('[D8] settings of a conversation are told to the devices of their person alone', async () => {
  const [ann, ben] = [signedIn(), signedIn()];
  await using anns = await connect(one.url, ann);
  await using bens = await connect(one.url, ben);
  const changed: EventData<'settings.changed'> = {
    userId: ann.userId,
    conversationId: conversationIdOf(ann.userId, ben.userId),
    peerId: ben.userId,
    settings: { pinned: true, archived: false, mutedUntil: null, markedUnread: false, blocked: true },
    settingsVersion: 3,
    unread: 2,
  };
  await two.world.bus.publish('settings.changed', changed, { to: { group: 'notifications', pods: 'every' } });
  expect(await anns.see('settings')).toMatchObject({ peerId: ben.userId, settings: { blocked: true }, settingsVersion: 3, unread: 2 });
  await announce(one, 'message.stored', stored(ann.userId, ben.userId));
  await bens.see('notice');
  expect(bens.saw('settings')).toEqual([]);
});

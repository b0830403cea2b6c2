import { randomUUID } from 'node:crypto';
import { notificationRoutes, ParleyError } from '@parley/common/contracts';
import { instant } from '@parley/common/server';
import { type SignedIn, signedIn, testPlatform, until, visitor } from '@parley/common/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Conversations, conversation, startPod } from './cast.ts';
import { connect } from './device.ts';

const platform = testPlatform();
const conversations = new Conversations();
let one: Awaited<ReturnType<typeof startPod>>;
let two: Awaited<ReturnType<typeof startPod>>;
beforeAll(async () => {
  one = await startPod(platform, conversations);
  two = await startPod(platform, conversations);
});
afterAll(() => platform[Symbol.asyncDispose]());

const at = (minute: number) => instant(Date.parse('2026-01-01T00:00:00Z') + minute * 60_000);
const inboxOf = ({ cookie }: SignedIn) => {
  const visit = visitor(one.url, { cookie });
  return {
    page: (input = {}) => visit.call(notificationRoutes.inbox, { limit: 50, ...input }),
    read: (input = {}) => visit.call(notificationRoutes.markInboxRead, input),
  };
};

/** Signs the person in on so many devices, one a minute. */
async function signIns({ userId }: SignedIn, count: number) {
  for (let number = 1; number <= count; number++) {
    await one.world.bus.publish('user.logged-in', {
      userId,
      number,
      sessionId: randomUUID(),
      deviceName: `device ${number}`,
      at: at(number),
    });
  }
}

test('the inbox is what messages says is unread, and what happened to the account, newest first', async () => {
  const [me, ann, ben] = [signedIn(), signedIn(), signedIn()];
  conversations.unread.set(me.userId, [
    conversation(me.userId, ann.userId, { lastSeq: 7, unread: 3, at: at(10) }),
    conversation(me.userId, ben.userId, { lastSeq: 2, unread: 1, at: at(1) }),
  ]);
  await signIns(me, 2);
  const inbox = inboxOf(me);
  await until(async () => (await inbox.page()).entries.length === 4);
  const { entries, unread, after } = await inbox.page();
  expect(entries).toMatchObject([
    { kind: 'conversation', peerId: ann.userId, unread: 3, seq: 7, preview: { text: 'hello' } },
    { kind: 'account', what: 'logged-in', deviceName: 'device 2', read: false },
    { kind: 'conversation', peerId: ben.userId },
    // The very first sign-in is no news to anybody.
    { kind: 'account', deviceName: 'device 1', read: true },
  ]);
  expect(unread).toEqual({ conversations: 2, account: 1 });
  expect(after).toBeNull();
});

test('[D6] marking a notice as read moves the read mark to the seq that it names, and no further', async () => {
  const [me, ann, ben] = [signedIn(), signedIn(), signedIn()];
  conversations.unread.set(me.userId, [
    conversation(me.userId, ann.userId, { lastSeq: 9 }),
    conversation(me.userId, ben.userId, { lastSeq: 4 }),
  ]);
  const { unread } = await inboxOf(me).read({ entries: [{ kind: 'conversation', peerId: ann.userId, seq: 7 }] });
  expect(conversations.reads.filter(({ userId }) => userId === me.userId)).toEqual([{ userId: me.userId, peerId: ann.userId, seq: 7 }]);
  expect(unread).toEqual({ conversations: 2, account: 0 });
});

test('marking all as read reads every conversation up to where it stands, and every account event; all devices are told', async () => {
  const me = signedIn();
  const peers = Array.from({ length: 230 }, () => randomUUID());
  conversations.unread.set(
    me.userId,
    peers.map((peerId, index) => conversation(me.userId, peerId, { lastSeq: index + 1 })),
  );
  await signIns(me, 3);
  await using device = await connect(two.url, me);
  await until(async () => (await inboxOf(me).page()).unread.account === 2);
  await device.see('inbox', ({ account }) => account === 2);

  expect(await inboxOf(me).read()).toEqual({ unread: { conversations: 0, account: 0 } });
  const reads = conversations.reads.filter(({ userId }) => userId === me.userId);
  expect(reads.map(({ peerId, seq }) => [peerId, seq])).toEqual(peers.map((peerId, index) => [peerId, index + 1]));
  await until(() => device.saw('inbox').at(-1)?.account === 0);
});

test('one account event is marked as read by its id, and only by its own person', async () => {
  const [me, eve] = [signedIn(), signedIn()];
  await signIns(me, 3);
  const inbox = inboxOf(me);
  await until(async () => (await inbox.page()).unread.account === 2);
  const [newest] = (await inbox.page()).entries;
  const entries = [{ kind: 'account' as const, id: (newest as { id: string }).id }];
  await inboxOf(eve).read({ entries });
  expect((await inbox.page()).unread.account).toBe(2);
  expect((await inbox.read({ entries })).unread.account).toBe(1);
});

test('an event that is heard again is stored once', async () => {
  const { userId, ...me } = signedIn();
  const login = { userId, number: 2, sessionId: randomUUID(), deviceName: 'phone', at: at(1) };
  for (let time = 0; time < 3; time++) await one.world.bus.publish('user.logged-in', login);
  await one.world.bus.publish('user.logged-in', { ...login, number: 3, deviceName: 'laptop' });
  const inbox = inboxOf({ userId, ...me });
  await until(async () => (await inbox.page()).entries.length === 2);
});

test('a changed password is an entry too', async () => {
  const me = signedIn();
  const ended = { userId: me.userId, number: 5, sessionIds: [randomUUID()], reason: 'password-changed' as const, at: at(3) };
  await one.world.bus.publish('session.ended', ended);
  const inbox = inboxOf(me);
  await until(async () => (await inbox.page()).entries.length === 1);
  expect((await inbox.page()).entries).toMatchObject([{ kind: 'account', what: 'password-changed', read: false }]);
});

test('pages go on where the page before ended, without a gap and without an entry twice', async () => {
  const me = signedIn();
  const peers = Array.from({ length: 5 }, () => randomUUID());
  conversations.unread.set(
    me.userId,
    peers.map((peerId, index) => conversation(me.userId, peerId, { at: at(100 - index * 10) })),
  );
  await signIns(me, 8);
  const inbox = inboxOf(me);
  await until(async () => (await inbox.page()).entries.length === 13);
  const all = (await inbox.page()).entries;
  const paged = [];
  for (let after: string | null | undefined; after !== null; ) {
    const page = await inbox.page({ limit: 2, ...(after && { after }) });
    paged.push(...page.entries);
    ({ after } = page);
  }
  expect(paged).toEqual(all);
  await expect(inbox.page({ after: 'nowhere' })).rejects.toMatchObject({ code: 'invalid-input' });
});

test('while messages is away the inbox says so, and nothing is marked', async () => {
  const me = signedIn();
  conversations.away = true;
  await expect(inboxOf(me).page()).rejects.toMatchObject({ code: 'unavailable' });
  await expect(inboxOf(me).read({ entries: [{ kind: 'conversation', peerId: randomUUID(), seq: 1 }] })).rejects.toMatchObject({
    code: 'unavailable',
  });
  conversations.away = false;
  expect(await inboxOf(me).page()).toEqual({ entries: [], unread: { conversations: 0, account: 0 }, after: null });
  expect(new ParleyError('unavailable').code).toBe('unavailable');
});

test('another device learns at once of a sign-in and a sign-out, the device of that session does not', async () => {
  const me = signedIn();
  const other = signedIn({ userId: me.userId });
  await using mine = await connect(one.url, me);
  await using others = await connect(two.url, other);
  await one.world.bus.publish('user.logged-in', {
    userId: me.userId,
    number: 2,
    sessionId: other.sessionId,
    deviceName: 'phone',
    at: at(1),
  });
  expect(await mine.see('account')).toMatchObject({ kind: 'logged-in', sessionId: other.sessionId, deviceName: 'phone' });
  await one.world.bus.publish('user.signed-out', { userId: me.userId, number: 3, sessionId: other.sessionId, at: at(2) });
  expect(await mine.see('account', ({ kind }) => kind === 'signed-out')).toMatchObject({ sessionId: other.sessionId });
  expect(others.saw('account')).toEqual([]);
});

test('whoever deletes their account leaves nothing here, also not by what comes late', async () => {
  const [me, friend, stranger] = [signedIn(), signedIn(), signedIn()];
  conversations.between(me.userId, friend.userId);
  await signIns(me, 3);
  const mine = await connect(one.url, me);
  await using friends = await connect(two.url, friend);
  await using strangers = await connect(two.url, stranger);
  await visitor(one.url, me).call(notificationRoutes.changeNotificationSettings, { showLastSeen: false });
  await until(async () => (await inboxOf(me).page()).entries.length === 3);
  await mine[Symbol.asyncDispose]();

  await one.world.bus.publish('user.deleted', { userId: me.userId, number: 9, at: at(9) });
  expect(await friends.see('person-gone')).toMatchObject({ userId: me.userId });
  const kept = async () => {
    const tables = ['presence', 'preferences', 'account_events'];
    const counts = await Promise.all(
      tables.map((table) => one.world.database.query(`SELECT FROM ${table} WHERE user_id = $1`, [me.userId])),
    );
    return counts.reduce((sum, { rowCount }) => sum + (rowCount ?? 0), 0);
  };
  await until(async () => (await kept()) === 0);
  await one.world.bus.publish('user.logged-in', { userId: me.userId, number: 4, sessionId: randomUUID(), deviceName: 'late', at: at(4) });
  await signIns(stranger, 2);
  await strangers.see('inbox', ({ account }) => account === 1);
  expect(await kept()).toBe(0);
  expect(strangers.saw('person-gone')).toEqual([]);
});

import { messageRoutes, notificationRoutes } from '@parley/common/contracts';
import { until, visitor } from '@parley/common/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { knock, type TestDevice } from '../notifications/tests/device.ts';
import { type Chat, startChat } from './chat.ts';

type Person = Awaited<ReturnType<Chat['signUp']>>;

let chat: Chat;
beforeAll(async () => {
  chat = await startChat({ pods: 2 });
});
afterAll(() => chat[Symbol.asyncDispose]());

const cookieOf = ({ session }: Person) => [...session.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
const visit = (person: Person) => visitor(chat.url, { cookie: cookieOf(person), origin: chat.url });
/** A notification socket alone: its person has no room open. */
const listen = async (person: Person): Promise<TestDevice> => {
  const device = await knock(chat.url, { cookie: cookieOf(person), headers: { origin: chat.url } });
  await device.see('presence', ({ snapshot }) => snapshot === true);
  return device;
};
const last = (device: TestDevice) => device.saw('notice').at(-1)?.notice;

test('[D6] whoever has no room open learns of a message, reads it from the inbox, and its author learns that', async () => {
  const [alice, bob] = [await chat.signUp('Alice'), await chat.signUp('Bob')];
  await using bobs = await listen(bob);
  const hers = await chat.device(alice);
  await hers.say(bob, 'Hello Bob');
  await hers.say(bob, 'Are you there?');
  await until(() => last(bobs)?.lastSeq === 2);
  expect(last(bobs)).toMatchObject({ peerId: alice.me.userId, unread: 2, preview: { text: 'Are you there?' }, notify: true });

  const inbox = await visit(bob).call(notificationRoutes.inbox, { limit: 50 });
  const entry = inbox.entries.find(({ kind }) => kind === 'conversation');
  expect(entry).toMatchObject({ peerId: alice.me.userId, unread: 2, seq: 2 });
  expect(inbox.unread.conversations).toBe(1);
  await using alices = await listen(alice);
  const read = await visit(bob).call(notificationRoutes.markInboxRead, {
    entries: [{ kind: 'conversation', peerId: alice.me.userId, seq: 2 }],
  });
  expect(read.unread.conversations).toBe(0);
  await until(() => last(bobs)?.unread === 0);
  await until(() => last(alices)?.marks?.[bob.me.userId]?.read === 2);
});

test('[D9] two who talk see each other come, and across a block neither is here', async () => {
  const [alice, bob] = [await chat.signUp('Alice'), await chat.signUp('Bob')];
  await using alices = await listen(alice);
  expect(alices.presenceOf(bob.me.userId)).toBe('offline');
  const his = await chat.device(bob);
  await his.say(alice, 'Hello Alice');
  await until(() => alices.presenceOf(bob.me.userId) === 'online');

  await visit(bob).call(messageRoutes.block, { peerId: alice.me.userId });
  await until(() => alices.presenceOf(bob.me.userId) === 'offline');
  await using bobs = await listen(bob);
  expect(bobs.presenceOf(alice.me.userId)).toBe('offline');
  // Withheld: its version passes, and nothing of it is said.
  const hers = await chat.device(alice);
  await hers.say(bob, 'withheld');
  await until(() => bobs.saw('notice').length > 0);
  expect(JSON.stringify(bobs.frames)).not.toContain('withheld');
  expect(last(bobs)).toMatchObject({ unread: 0, notify: false });

  await visit(bob).call(messageRoutes.unblock, { peerId: alice.me.userId });
  await until(() => alices.presenceOf(bob.me.userId) === 'online');
});

test('a sign-in on another device is told at once and stays in the inbox', async () => {
  const alice = await chat.signUp('Alice');
  await using device = await listen(alice);
  const elsewhere = await chat.signIn(alice);
  expect(await device.see('account')).toMatchObject({ kind: 'logged-in', sessionId: elsewhere.me.sessionId });
  await device.see('inbox', ({ account }) => account === 1);
  await until(async () => (await visit(alice).call(notificationRoutes.inbox, { limit: 50 })).unread.account === 1);
});

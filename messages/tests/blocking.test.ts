import { messageRoutes, uuidv7 } from '@parley/common/contracts';
import { until } from '@parley/common/testing';
import { expect, test } from 'vitest';
import { openScene, type Person } from './cast.ts';
import { hearing, silence } from './hearing.ts';

const text = (words: string) => ({ kind: 'text' as const, text: words });

test('[D8] the blocked hear nothing of what a blocker reads, hides or repeats, and see no version of it', async () => {
  await using scene = await openScene();
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  const clientId = uuidv7();
  await alice.send(bob, 'One.');
  await bob.send(alice, 'Two.', { clientId });
  await alice.send(bob, 'Three.');
  await bob.ask(messageRoutes.block, { peerId: alice.userId });
  await alice.send(bob, 'Are you there?');
  expect((await page(alice, bob)).version).toBe(4);

  const heard = hearing(scene, alice);
  expect((await bob.give('message.delivered', alice, { seq: 4 })).update).toMatchObject({ from: 4, version: 4 });
  await bob.give('message.read', alice, { seq: 4 });
  expect((await bob.give('message.deleted', alice, { seq: 1, scope: 'me' })).update).toMatchObject({ from: 4, version: 5, hidden: [1] });
  expect((await bob.give('message.deleted', alice, { seq: 1, scope: 'me' })).update).toMatchObject({ from: 5, version: 5 });
  await bob.send(alice, 'Two.', { clientId });
  await bob.give('message.edited', alice, { seq: 2, saw: 2, content: text('Two.') });
  // Told after all of it, on the same way, and counted as if nothing had been.
  await alice.give('message.delivered', bob, { seq: 4 });
  expect(heard().frames).toMatchObject([{ update: { from: 4, version: 5, messages: [] } }]);
  await until(() => heard().notices.length > 0);
  expect(heard().notices).toHaveLength(1);
  expect((await page(alice, bob)).version).toBe(5);
});

test('[D8] what a blocker hides moves no number that the blocked see, neither then nor later', async () => {
  await using scene = await openScene();
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  await alice.send(bob, 'One.');
  await bob.ask(messageRoutes.block, { peerId: alice.userId });
  const seen = () => Promise.all([page(alice, bob), alice.ask(messageRoutes.conversationVersions, {}), list(alice)]);
  const before = await seen();
  const heard = hearing(scene, alice);
  await bob.give('message.deleted', alice, { seq: 1, scope: 'me' });
  expect(await seen()).toEqual(before);
  expect((await alice.give('message.read', bob, { seq: 1 })).update).toMatchObject({ from: 1, version: 2 });
  expect(heard().frames).toHaveLength(1);
  const { update } = await alice.send(bob, 'Two.');
  expect(update).toMatchObject({ from: 2, version: 3, messages: [{ seq: 2, version: 3 }] });
  await bob.send(alice, 'Three.');
  await until(() => heard().frames.length === 3);
});

test('[D8] what moved nothing is told to nobody but its giver', async () => {
  await using scene = await openScene();
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  await alice.send(bob, 'One.');
  await bob.give('message.read', alice, { seq: 1 });
  const heard = hearing(scene, alice);
  await bob.give('message.read', alice, { seq: 1 });
  await bob.give('message.delivered', alice, { seq: 1 });
  await bob.give('message.reacted', alice, { seq: 1, emoji: '👍', set: false });
  expect(heard()).toEqual(silence);
});

test('[D7] who stored a message may have died before telling: when it comes again the other one is told too, with its line', async () => {
  await using scene = await openScene();
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  const clientId = uuidv7();
  await alice.send(bob, 'Did this arrive?', { clientId });
  const heard = hearing(scene, bob);
  await alice.send(bob, 'Did this arrive?', { clientId });
  const list = { lastSeq: 1, unread: 1, preview: { text: 'Did this arrive?' }, notify: true };
  await until(() => heard().frames.length > 0 && heard().notices.length > 0);
  expect(heard()).toMatchObject({ frames: [{ update: { from: 1, version: 1, messages: [] } }], notices: [{ list }] });

  await bob.ask(messageRoutes.block, { peerId: alice.userId });
  const blocked = hearing(scene, bob);
  await alice.send(bob, 'Did this arrive?', { clientId });
  expect(blocked().frames).toEqual([]);
});

test('of whom I block nothing is unread, in no notice, list or inbox, and nothing makes a sound', async () => {
  await using scene = await openScene();
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  for (const words of ['One.', 'Two.', 'Three.']) await alice.send(bob, words);
  const heard = hearing(scene, bob);
  await bob.ask(messageRoutes.block, { peerId: alice.userId });
  await alice.send(bob, 'Four, which nobody hears.');
  await alice.give('message.edited', bob, { seq: 3, saw: 3, content: text('Not what it was.') });
  await alice.give('message.reacted', bob, { seq: 2, emoji: '🔔', set: true });
  await alice.give('message.deleted', bob, { seq: 1, scope: 'everyone' });
  await bob.give('message.reacted', alice, { seq: 2, emoji: '🤐', set: true });
  const lines = () =>
    heard().notices.flatMap((told): { unread: number; notify?: boolean }[] => {
      const { list, unread } = told as { list?: { unread: number; notify: boolean }; unread?: number };
      return list ? [list] : unread === undefined ? [] : [{ unread }];
    });
  await until(() => lines().length === 6);
  expect(lines().filter(({ unread, notify }) => unread > 0 || notify)).toEqual([]);
  expect(JSON.stringify(heard())).not.toMatch(/nobody hears|Not what it was|🔔/u);
  expect((await list(bob)).conversations[0]).toMatchObject({ unread: 0, lastSeq: 3, preview: { text: 'Three.' } });
  expect(await bob.ask(messageRoutes.unreadConversations, { userId: bob.userId, limit: 10 })).toEqual({
    conversations: [],
    total: 0,
    after: null,
  });
});

const page = (me: Person, peer: Person) => me.ask(messageRoutes.history, { peerId: peer.userId, limit: 100 });
const list = (me: Person) => me.ask(messageRoutes.listConversations, { limit: 50, archived: false });

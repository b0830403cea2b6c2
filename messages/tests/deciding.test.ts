import { messageRoutes, uuidv7 } from '@parley/common/contracts';
import { until } from '@parley/common/testing';
import { expect, test } from 'vitest';
import { openScene, type Person, type Scene } from './cast.ts';

const list = (person: Person, archived = false) => person.ask(messageRoutes.listConversations, { limit: 50, archived });
const settingsTold = (scene: Scene) => scene.heard.notifications.flatMap((fact) => (fact.name === 'settings.changed' ? [fact.data] : []));
const decided = (change: object) => ({ pinned: undefined, archived: undefined, mutedUntil: undefined, markedUnread: undefined, ...change });

test('what one person decides is told to that person alone, and stays theirs', async () => {
  await using scene = await openScene();
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  await bob.send(alice, 'Hello.');
  const answer = await alice.ask(messageRoutes.changeSettings, { peerId: bob.userId, ...decided({ pinned: true, markedUnread: true }) });
  expect(answer).toMatchObject({ settings: { pinned: true, markedUnread: true, archived: false }, settingsVersion: 1 });
  await until(() => settingsTold(scene).length === 1);
  expect(settingsTold(scene)[0]).toMatchObject({
    userId: alice.userId,
    peerId: bob.userId,
    unread: 1,
    settingsVersion: 1,
    settings: answer.settings,
  });
  expect((await list(bob)).conversations[0]?.settings).toMatchObject({ pinned: false, markedUnread: false });
  // Nothing changed, nothing is told.
  await alice.ask(messageRoutes.changeSettings, { peerId: bob.userId, ...decided({ pinned: true }) });
  expect((await list(alice)).conversations[0]).toMatchObject({ settingsVersion: 1 });
});

test('pinned conversations come first, then the last active one, in pages', async () => {
  await using scene = await openScene();
  const alice = await scene.arrive();
  const peers: Person[] = [];
  for (let count = 0; count < 5; count++) {
    const peer = await scene.arrive();
    await alice.send(peer, `Hello ${count}.`);
    peers.push(peer);
  }
  await alice.ask(messageRoutes.changeSettings, { peerId: peers[1]!.userId, ...decided({ pinned: true }) });
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const page = await alice.ask(messageRoutes.listConversations, { limit: 2, archived: false, ...(after && { after }) });
    seen.push(...page.conversations.map(({ peerId }) => peerId));
    after = page.after ?? undefined;
  } while (after);
  expect(seen).toEqual([1, 4, 3, 2, 0].map((index) => peers[index]?.userId));
});

test('a new message takes a conversation out of the archive, unless it is muted', async () => {
  await using scene = await openScene();
  const [alice, bob, carol] = [await scene.arrive(), await scene.arrive(), await scene.arrive()];
  for (const peer of [bob, carol]) {
    await peer.send(alice, 'Hello.');
    await alice.ask(messageRoutes.changeSettings, { peerId: peer.userId, ...decided({ archived: true }) });
  }
  await alice.ask(messageRoutes.changeSettings, { peerId: carol.userId, ...decided({ mutedUntil: '2999-01-01T00:00:00.000Z' }) });
  expect((await list(alice)).conversations).toEqual([]);
  // Whoever does not say which of them is given all: a device that comes back asks once.
  expect((await alice.ask(messageRoutes.listConversations, { limit: 50 })).conversations).toHaveLength(2);
  await bob.send(alice, 'Are you there?');
  const quiet = await carol.send(alice, 'Are you there?');
  expect(quiet.outcome.data).toMatchObject({ lists: { [alice.userId]: { notify: false, unread: 2 } } });
  expect((await list(alice)).conversations.map(({ peerId }) => peerId)).toEqual([bob.userId]);
  expect((await list(alice, true)).conversations.map(({ peerId }) => peerId)).toEqual([carol.userId]);
  await until(() =>
    settingsTold(scene).some(({ peerId, settings, unread }) => peerId === bob.userId && !settings.archived && unread === 2),
  );
});

test('reading to the end takes back that a conversation was marked as unread', async () => {
  await using scene = await openScene();
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  await bob.send(alice, 'Hello.');
  await alice.give('message.read', bob, { seq: 1 });
  await alice.ask(messageRoutes.changeSettings, { peerId: bob.userId, ...decided({ markedUnread: true }) });
  await alice.give('message.read', bob, { seq: 1 });
  expect((await list(alice)).conversations[0]).toMatchObject({ settings: { markedUnread: false }, settingsVersion: 2 });
});

test('blocks are listed, published, and hold also where nothing was said yet', async () => {
  await using scene = await openScene();
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  await bob.ask(messageRoutes.block, { peerId: alice.userId });
  expect(await bob.ask(messageRoutes.listBlocks, {})).toEqual({ userIds: [alice.userId] });
  await alice.send(bob, 'First words.');
  expect((await list(bob)).conversations).toEqual([]);
  expect((await bob.ask(messageRoutes.conversationVersions, {})).versions).toEqual([]);
  expect((await list(alice)).conversations).toHaveLength(1);
  await bob.ask(messageRoutes.unblock, { peerId: alice.userId });
  await bob.ask(messageRoutes.unblock, { peerId: alice.userId });
  expect(await bob.ask(messageRoutes.listBlocks, {})).toEqual({ userIds: [] });
  await expect(bob.ask(messageRoutes.block, { peerId: uuidv7() })).rejects.toMatchObject({ code: 'person-not-found' });
  await expect(bob.ask(messageRoutes.block, { peerId: bob.userId })).rejects.toMatchObject({ code: 'written-to-self' });
});

test('who takes messages only from people they answered refuses others, also a second time', async () => {
  await using scene = await openScene();
  const [alice, bob, carol] = [await scene.arrive(), await scene.arrive(), await scene.arrive()];
  await bob.send(carol, 'I know you.');
  await bob.ask(messageRoutes.changePrivacy, { onlyAnswered: true });
  expect(await bob.ask(messageRoutes.privacy, {})).toEqual({ onlyAnswered: true, readReceipts: true });
  expect(await alice.send(bob, 'Hello?')).toMatchObject({ code: 'only-answered' });
  expect(await alice.send(bob, 'Hello??')).toMatchObject({ code: 'only-answered' });
  expect((await carol.send(bob, 'Hello!')).code).toBeUndefined();
  await bob.send(alice, 'Do write.');
  expect((await alice.send(bob, 'Hello!')).code).toBeUndefined();
});

test('only so many conversations can be begun in a day', async () => {
  await using scene = await openScene({ newConversations: 2 });
  const alice = await scene.arrive();
  const peers = [await scene.arrive(), await scene.arrive(), await scene.arrive()] as const;
  await alice.send(peers[0], 'One.');
  await alice.send(peers[1], 'Two.');
  expect(await alice.send(peers[2], 'Three.')).toMatchObject({ code: 'too-many-conversations' });
  expect((await alice.send(peers[0], 'Again.')).code).toBeUndefined();
  await peers[2].send(alice, 'Then I begin.');
  expect((await alice.send(peers[2], 'Thank you.')).code).toBeUndefined();
});

test('deciding something about a conversation does not begin it: the limit of a day holds all the same', async () => {
  await using scene = await openScene({ newConversations: 1 });
  const alice = await scene.arrive();
  const peers = [await scene.arrive(), await scene.arrive(), await scene.arrive(), await scene.arrive()] as const;
  await alice.ask(messageRoutes.changeSettings, { peerId: peers[0].userId, ...decided({ pinned: true, archived: true }) });
  await alice.ask(messageRoutes.block, { peerId: peers[1].userId });
  await alice.ask(messageRoutes.unblock, { peerId: peers[1].userId });
  // Whoever is blocked before they say anything can't tell: it counts as with anybody.
  await peers[2].ask(messageRoutes.block, { peerId: alice.userId });
  expect(await alice.ask(messageRoutes.conversation, { peerId: peers[0].userId })).toMatchObject({
    version: 0,
    settings: { pinned: true, archived: true },
    settingsVersion: 1,
  });
  expect((await alice.send(peers[2], 'One.')).code).toBeUndefined();
  for (const peer of [peers[0], peers[1], peers[3]]) {
    expect(await alice.send(peer, 'Two.')).toMatchObject({ code: 'too-many-conversations' });
  }
  await peers[0].send(alice, 'Then I begin.');
  expect((await list(alice)).conversations).toMatchObject([
    { peerId: peers[0].userId, settings: { pinned: true, archived: false }, settingsVersion: 2 },
    { peerId: peers[2].userId },
  ]);
  expect((await list(peers[2])).conversations).toEqual([]);
});

test('[D6] who sends no read receipts is not told of others, and unread is right all the same', async () => {
  await using scene = await openScene();
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  await alice.ask(messageRoutes.changePrivacy, { readReceipts: false });
  await alice.send(bob, 'One.');
  await bob.send(alice, 'Two.');
  await alice.give('message.read', bob, { seq: 2 });
  await bob.give('message.read', alice, { seq: 1 });
  const of = async (one: Person, other: Person) => (await list(one)).conversations.find(({ peerId }) => peerId === other.userId);
  expect(await of(bob, alice)).toMatchObject({
    unread: 0,
    marks: { [alice.userId]: { delivered: 2, read: 0 }, [bob.userId]: { delivered: 1, read: 1 } },
  });
  expect(await of(alice, bob)).toMatchObject({
    unread: 0,
    marks: { [alice.userId]: { delivered: 2, read: 2 }, [bob.userId]: { delivered: 1, read: 0 } },
  });
});

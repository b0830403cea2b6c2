import { conversationIdOf, messageRoutes, shardOf, uuidv7 } from '@parley/common/contracts';
import { until } from '@parley/common/testing';
import { expect, test } from 'vitest';
import { config, openScene, type Person } from './cast.ts';

const seqs = ({ messages }: { messages: readonly { seq: number }[] }) => messages.map(({ seq }) => seq);

test('history goes both ways and around a place, by keyset', async () => {
  await using scene = await openScene();
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  await Promise.all(Array.from({ length: 20 }, (_, index) => alice.send(bob, `Message ${index}`)));
  const page = (asked: object) => bob.ask(messageRoutes.history, { peerId: alice.userId, limit: 5, ...asked });
  expect(seqs(await page({}))).toEqual([16, 17, 18, 19, 20]);
  expect(await page({})).toMatchObject({ hasBefore: true, hasAfter: false, version: 20, lastSeq: 20 });
  const before = await page({ before: 16 });
  expect(seqs(before)).toEqual([11, 12, 13, 14, 15]);
  expect(before).toMatchObject({ hasBefore: true, hasAfter: true });
  expect(seqs(await page({ after: 2 }))).toEqual([3, 4, 5, 6, 7]);
  const around = await page({ around: 10 });
  expect(seqs(around)).toEqual([8, 9, 10, 11, 12]);
  expect(around).toMatchObject({ hasBefore: true, hasAfter: true });
  expect(await page({ before: 4 })).toMatchObject({ hasBefore: false, hasAfter: true });
  expect(await page({ after: 17 })).toMatchObject({ hasBefore: true, hasAfter: false });
  expect(seqs(await page({ around: 1_000_000 }))).toEqual([18, 19, 20]);
});

test('a long way back is caught up in pages, and the pages together are whole', async () => {
  await using scene = await openScene();
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  const { epoch } = await bob.ask(messageRoutes.history, { peerId: alice.userId, limit: 1 });
  const count = 450;
  await Promise.all(
    Array.from({ length: count }, (_, index) =>
      alice.publish('message.sent', bob, { content: { kind: 'text', text: `${index}` }, replyTo: null }),
    ),
  );
  await until(async () => (await bob.ask(messageRoutes.conversation, { peerId: alice.userId })).lastSeq === count);
  const seen: number[] = [];
  for (let [since, more] = [0, true]; more; ) {
    const changes = await bob.ask(messageRoutes.changes, { peerId: alice.userId, epoch, since });
    if (changes.reset) throw new Error('reset');
    expect(changes.update.from).toBe(since);
    seen.push(...seqs(changes.update));
    [since, more] = [changes.update.version, changes.more];
  }
  expect(seen).toEqual(Array.from({ length: count }, (_, index) => index + 1));
});

test('[D8] a third person gets nothing anywhere', async () => {
  await using scene = await openScene();
  const [alice, bob, carol] = [await scene.arrive(), await scene.arrive(), await scene.arrive()];
  await alice.send(bob, 'Between us.');
  expect(await carol.ask(messageRoutes.listConversations, { limit: 50, archived: false })).toEqual({ conversations: [], after: null });
  expect((await carol.ask(messageRoutes.conversationVersions, {})).versions).toEqual([]);
  for (const peer of [alice, bob]) {
    expect(await carol.ask(messageRoutes.history, { peerId: peer.userId, limit: 50 })).toMatchObject({ messages: [], version: 0 });
    expect(await carol.ask(messageRoutes.conversation, { peerId: peer.userId })).toMatchObject({ preview: null, unread: 0, version: 0 });
    expect(await carol.ask(messageRoutes.changes, { peerId: peer.userId, epoch: 'x', since: 0 })).toMatchObject({ version: 0 });
  }
  await expect(carol.ask(messageRoutes.history, { peerId: carol.userId, limit: 50 })).rejects.toMatchObject({ code: 'written-to-self' });
  const outcomes = scene.heard['socket-handler'].flatMap(({ data }) => ('members' in data ? [data.members] : []));
  expect(outcomes.flat()).not.toContain(carol.userId);
  expect((await fetch(new URL(`/api/messages/conversations/${alice.userId}/messages`, scene.url))).status).toBe(401);
});

test('[D8] a command that names a conversation of others is stored nowhere and refused for good', async () => {
  await using scene = await openScene();
  const [alice, bob, carol] = [await scene.arrive(), await scene.arrive(), await scene.arrive()];
  const conversationId = conversationIdOf(alice.userId, bob.userId);
  const clientId = uuidv7();
  const forged = {
    clientId,
    conversationId,
    senderId: carol.userId,
    peerId: bob.userId,
    deviceId: '',
    content: { kind: 'text' as const, text: 'Forged.' },
    replyTo: null,
  };
  const address = { to: { shard: shardOf(conversationId, config.shards) } };
  await scene.bus.publish('message.sent', forged, address);
  const honest = await alice.send(bob, 'Honest.');
  expect(honest.update.messages).toMatchObject([{ seq: 1 }]);
  await until(() =>
    scene.heard['socket-handler'].some(
      ({ name, data }) => name === 'message.refused' && data.clientId === clientId && data.code === 'invalid-input',
    ),
  );
  expect(JSON.stringify(await scene.bus.deadLetters.list())).toContain(clientId);
});

test('unread conversations, their reading, and whom presence concerns, for the other services', async () => {
  await using scene = await openScene();
  const [alice, bob, carol] = [await scene.arrive(), await scene.arrive(), await scene.arrive()];
  await bob.send(alice, 'One.');
  await bob.send(alice, 'Two.');
  await carol.send(alice, 'Three.');
  const ask = (person: Person) => person.ask(messageRoutes.unreadConversations, { userId: alice.userId, limit: 1 });
  const first = await ask(bob);
  expect(first).toMatchObject({ total: 2, conversations: [{ peerId: carol.userId, unread: 1, preview: { text: 'Three.' } }] });
  const second = await bob.ask(messageRoutes.unreadConversations, { userId: alice.userId, limit: 1, after: first.after ?? '' });
  expect(second).toMatchObject({ total: 2, after: null, conversations: [{ peerId: bob.userId, unread: 2 }] });

  const read = await bob.ask(messageRoutes.readConversations, { userId: alice.userId, reads: [{ peerId: bob.userId, seq: 1 }] });
  expect(read.conversations).toEqual([
    { conversationId: conversationIdOf(alice.userId, bob.userId), peerId: bob.userId, version: 3, unread: 1 },
  ]);
  await until(() =>
    scene.heard['socket-handler'].some(({ name, data }) => name === 'receipt.moved' && data.update.marks?.[alice.userId]?.read === 1),
  );

  await alice.ask(messageRoutes.block, { peerId: carol.userId });
  const { people } = await bob.ask(messageRoutes.conversationPeers, { userIds: [alice.userId, bob.userId] });
  expect(people.map(({ userId, peers }) => [userId, peers.length])).toEqual([
    [alice.userId, 2],
    [bob.userId, 1],
  ]);
  expect(people[0]?.peers.sort((one, other) => Number(one.blocks) - Number(other.blocks))).toEqual([
    { peerId: bob.userId, blocks: false, blockedBy: false },
    { peerId: carol.userId, blocks: true, blockedBy: false },
  ]);
});

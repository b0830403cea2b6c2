import { messageRoutes, type Update } from '@parley/common/contracts';
import { expect, test } from 'vitest';
import { openScene, type Person, type Scene } from './cast.ts';
import { hearing, silence } from './hearing.ts';

/** All that somebody may ask of a conversation and of the list that it stands in. */
const seen = (me: Person, peer: Person) =>
  Promise.all([
    me.ask(messageRoutes.history, { peerId: peer.userId, limit: 100 }),
    me.ask(messageRoutes.conversation, { peerId: peer.userId }),
    me.ask(messageRoutes.conversationVersions, {}),
    me.ask(messageRoutes.listConversations, { limit: 50, archived: false }),
  ]);

/** Bob sends no read receipts; everything reached him. */
async function quietReader(scene: Scene) {
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  await bob.ask(messageRoutes.changePrivacy, { readReceipts: false });
  await alice.send(bob, 'One.');
  await alice.send(bob, 'Two.');
  await bob.give('message.delivered', alice, { seq: 2 });
  return { alice, bob };
}

test('[D6] [D8] who sends no read receipts reads unseen: nothing is heard of it, and no number moves', async () => {
  await using scene = await openScene();
  const { alice, bob } = await quietReader(scene);
  const before = await seen(alice, bob);
  const heard = hearing(scene, alice);
  const { update } = await bob.give('message.read', alice, { seq: 1 });
  expect(update).toMatchObject({ from: 3, version: 4, marks: { [bob.userId]: { read: 1 } } });
  await bob.give('message.read', alice, { seq: 2 });
  expect(heard()).toEqual(silence);
  expect(await seen(alice, bob)).toEqual(before);

  const next = await alice.give('message.reacted', bob, { seq: 1, emoji: '👀', set: true });
  expect(next.update).toMatchObject({ from: 3, version: 4, messages: [{ seq: 1, version: 4 }] });
  expect(heard().frames).toHaveLength(1);
  expect(await bob.ask(messageRoutes.conversation, { peerId: alice.userId })).toMatchObject({ version: 6, unread: 0 });
});

test('[D4] [D5] what only one of the two was told is missing in nobody’s count when they catch up', async () => {
  await using scene = await openScene();
  const { alice, bob } = await quietReader(scene);
  await bob.give('message.read', alice, { seq: 2 });
  await alice.give('message.deleted', bob, { seq: 1, scope: 'me' });
  await alice.give('message.edited', bob, { seq: 2, saw: 2, content: { kind: 'text', text: 'Two!' } });
  const changes = async (me: Person, peer: Person, since: number) => {
    const { epoch } = await me.ask(messageRoutes.conversationVersions, {});
    return me.ask(messageRoutes.changes, { peerId: peer.userId, epoch, since });
  };
  const edited = [{ seq: 2, content: { text: 'Two!' }, version: 5 }];
  expect(await changes(alice, bob, 3)).toMatchObject({ reset: false, update: { from: 3, version: 5, messages: edited, hidden: [1] } });
  expect(await changes(bob, alice, 4)).toMatchObject({ reset: false, update: { from: 4, version: 5, messages: edited } });
  expect(await changes(alice, bob, 5)).toMatchObject({ update: { version: 5, messages: [] } });
  expect(await changes(bob, alice, 5)).toMatchObject({ update: { version: 5, messages: [] } });
  expect(await changes(bob, alice, 6)).toMatchObject({ reset: true });
});

test('[D8] which commands an update answers is told to whoever gave them', async () => {
  await using scene = await openScene();
  const { alice, bob } = await quietReader(scene);
  const heard = hearing(scene, alice);
  await bob.give('message.reacted', alice, { seq: 1, emoji: '👍', set: true });
  const { clientId } = await alice.give('message.reacted', bob, { seq: 1, emoji: '🎉', set: true });
  await alice.send(bob, 'Three.');
  await bob.give('message.delivered', alice, { seq: 3 });
  const answers = heard().frames.map((frame) => (frame as { update: Update }).update.answers);
  expect(answers).toEqual([undefined, [clientId], undefined, undefined]);
});

test('marks of a conversation that was never begun are answered to whoever gave them alone', async () => {
  await using scene = await openScene();
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  const heard = hearing(scene, alice);
  expect((await bob.give('message.read', alice, { seq: 1 })).update).toMatchObject({ from: 0, version: 0 });
  expect((await bob.give('message.edited', alice, { seq: 1, saw: 1, content: { kind: 'text', text: 'Nothing.' } })).code).toBe(
    'message-not-found',
  );
  await bob.send(alice, 'Hello.');
  expect(heard().frames).toMatchObject([{ update: { from: 0, version: 1 } }]);
});

import { conversationIdOf, limits, messageRoutes, uuidv7 } from '@parley/common/contracts';
import { until } from '@parley/common/testing';
import { expect, test } from 'vitest';
import { openScene, type Person, type Scene } from './cast.ts';
import { catchUp, expectWhole, fold, knownFrom, updatesFor } from './fold.ts';

/** Two people who have said something, and how each of them checks that nothing they are told is missing. */
async function conversation(scene: Scene) {
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  await alice.send(bob, 'One.');
  await bob.send(alice, 'Two.');
  await alice.send(bob, 'Three.');
  return { alice, bob };
}

/** Snapshot, then something, then snapshot + live updates, and snapshot + catching up, both equal a fresh snapshot, for both. */
async function whole(scene: Scene, alice: Person, bob: Person, doing: () => Promise<unknown>): Promise<void> {
  const id = conversationIdOf(alice.userId, bob.userId);
  const snapshot = async (viewer: Person, peer: Person) => ({
    viewer,
    peer,
    live: knownFrom(await viewer.ask(messageRoutes.history, { peerId: peer.userId, limit: 100 })),
  });
  const both = [await snapshot(alice, bob), await snapshot(bob, alice)];
  const since = scene.heard['socket-handler'].length;
  await doing();
  for (const { viewer, peer, live } of both) {
    const back = structuredClone(live);
    const now = await viewer.ask(messageRoutes.history, { peerId: peer.userId, limit: 1 });
    await until(
      () =>
        updatesFor(scene.heard['socket-handler'].slice(since), id, viewer.userId).some(({ version }) => version === now.version) ||
        live.version === now.version,
    );
    for (const update of updatesFor(scene.heard['socket-handler'].slice(since), id, viewer.userId)) expect(fold(live, update)).toBe(true);
    await expectWhole(viewer, peer, live);
    await expectWhole(viewer, peer, await catchUp(viewer, peer, back));
  }
}

const text = (words: string) => ({ kind: 'text' as const, text: words });

test('[D4] [D5] every kind of change reaches both people live and by catching up', async () => {
  await using scene = await openScene();
  const { alice, bob } = await conversation(scene);
  const doings: [string, () => Promise<unknown>][] = [
    ['a message', () => alice.send(bob, 'Four.')],
    ['a reply', () => bob.send(alice, 'To two.', { replyTo: 2 })],
    ['an edit', () => alice.give('message.edited', bob, { seq: 1, saw: 1, content: text('One!') })],
    ['a reaction', () => bob.give('message.reacted', alice, { seq: 1, emoji: '👍', set: true })],
    ['another reaction', () => alice.give('message.reacted', bob, { seq: 1, emoji: '🎉', set: true })],
    ['a reaction taken back', () => bob.give('message.reacted', alice, { seq: 1, emoji: '👍', set: false })],
    ['delivered', () => bob.give('message.delivered', alice, { seq: 3 })],
    ['read', () => bob.give('message.read', alice, { seq: 4 })],
    ['deleted for everyone', () => alice.give('message.deleted', bob, { seq: 3, scope: 'everyone' })],
    ['deleted for me', () => bob.give('message.deleted', alice, { seq: 4, scope: 'me' })],
    ['an edit of what the other hid', () => alice.give('message.edited', bob, { seq: 4, saw: 99, content: text('Hidden.') })],
    [
      'read with receipts off',
      async () => {
        await alice.ask(messageRoutes.changePrivacy, { readReceipts: false });
        await alice.give('message.read', bob, { seq: 5 });
      },
    ],
  ];
  for (const [, doing] of doings) await whole(scene, alice, bob, doing);
});

test('[D4] [D5] what a blocked person does stays between them and the place it has', async () => {
  await using scene = await openScene();
  const { alice, bob } = await conversation(scene);
  await bob.ask(messageRoutes.block, { peerId: alice.userId });
  const doings: (() => Promise<unknown>)[] = [
    () => alice.send(bob, 'Do you hear me?'),
    () => alice.give('message.edited', bob, { seq: 1, saw: 1, content: text('Changed while blocked.') }),
    () => alice.give('message.edited', bob, { seq: 4, saw: 4, content: text('Withheld and changed.') }),
    () => alice.give('message.reacted', bob, { seq: 2, emoji: '💔', set: true }),
    () => bob.give('message.read', alice, { seq: 3 }),
    () => bob.give('message.reacted', alice, { seq: 1, emoji: '😶', set: true }),
    () => bob.send(alice, 'Not to you, to nobody.'),
    () => bob.ask(messageRoutes.unblock, { peerId: alice.userId }),
    () => alice.send(bob, 'And now?'),
    () => alice.give('message.reacted', bob, { seq: 1, emoji: '👀', set: true }),
    () => alice.give('message.edited', bob, { seq: 1, saw: 99, content: text('For both again.') }),
    () => alice.give('message.deleted', bob, { seq: 4, scope: 'everyone' }),
    () => alice.give('message.deleted', bob, { seq: 1, scope: 'everyone' }),
    () => bob.give('message.read', alice, { seq: 6 }),
  ];
  for (const doing of doings) await whole(scene, alice, bob, doing);
});

test('a blocked person can not tell: ticked, never delivered, and the blocker never sees it, also later', async () => {
  await using scene = await openScene();
  const { alice, bob } = await conversation(scene);
  await bob.give('message.delivered', alice, { seq: 3 });
  await bob.ask(messageRoutes.block, { peerId: alice.userId });
  const sent = await alice.send(bob, 'Secret words.');
  expect(sent.update.messages).toMatchObject([{ seq: 4, content: { text: 'Secret words.' } }]);
  expect(await bob.give('message.delivered', alice, { seq: 4 })).toMatchObject({ update: { from: 5, version: 5 } });
  const seen = await alice.ask(messageRoutes.conversation, { peerId: bob.userId });
  expect(seen.marks[bob.userId]).toEqual({ delivered: 3, read: 0 });

  await bob.ask(messageRoutes.unblock, { peerId: alice.userId });
  await alice.send(bob, 'Hello again.');
  const page = await bob.ask(messageRoutes.history, { peerId: alice.userId, limit: 50 });
  expect(page.messages.map(({ seq }) => seq)).toEqual([1, 2, 3, 5]);
  expect(JSON.stringify(scene.heard.notifications.map(({ data }) => ('lists' in data ? data.lists?.[bob.userId] : null)))).not.toContain(
    'Secret',
  );
  expect((await bob.ask(messageRoutes.listConversations, { limit: 50, archived: false })).conversations[0]).toMatchObject({
    preview: { text: 'Hello again.' },
    unread: 3,
    lastSeq: 5,
  });
});

test('[D4] a command that alters nothing takes no version and is answered with the current one', async () => {
  await using scene = await openScene();
  const { alice, bob } = await conversation(scene);
  const again = { clientId: uuidv7() };
  const edit = { seq: 1, saw: 1, content: text('Edited.'), ...again };
  expect((await alice.give('message.edited', bob, edit)).update).toMatchObject({ from: 3, version: 4 });
  expect((await alice.give('message.edited', bob, edit)).update).toMatchObject({ from: 4, version: 4 });
  const react = { seq: 1, emoji: '👍', set: true };
  expect((await bob.give('message.reacted', alice, react)).update).toMatchObject({ from: 4, version: 5 });
  expect((await bob.give('message.reacted', alice, react)).update).toMatchObject({ from: 5, version: 5 });
  await bob.give('message.read', alice, { seq: 3 });
  expect((await bob.give('message.read', alice, { seq: 2 })).update).toMatchObject({ from: 6, version: 6 });
  expect((await bob.give('message.delivered', alice, { seq: 3 })).update).toMatchObject({ from: 6, version: 6 });
  const gone = { seq: 3, scope: 'everyone' as const };
  expect((await alice.give('message.deleted', bob, gone)).update).toMatchObject({ from: 6, version: 7 });
  expect((await alice.give('message.deleted', bob, gone)).update).toMatchObject({ from: 7, version: 7 });
});

test('[D2] a command that was applied and comes again after another one is answered, not applied', async () => {
  await using scene = await openScene();
  const { alice, bob } = await conversation(scene);
  const first = { clientId: uuidv7(), seq: 1, emoji: '👍', set: true };
  await bob.give('message.reacted', alice, first);
  await bob.give('message.reacted', alice, { seq: 1, emoji: '👍', set: false });
  expect((await bob.give('message.reacted', alice, first)).update).toMatchObject({ from: 5, version: 5 });
  const edit = { clientId: uuidv7(), seq: 1, saw: 1, content: text('First edit.') };
  await alice.give('message.edited', bob, edit);
  await alice.give('message.edited', bob, { seq: 1, saw: 6, content: text('Second edit.') });
  expect((await alice.give('message.edited', bob, edit)).code).toBeUndefined();
  const page = await alice.ask(messageRoutes.history, { peerId: bob.userId, limit: 50 });
  expect(page.messages[0]).toMatchObject({ content: { text: 'Second edit.' }, reactions: [] });
});

test('[D2] other content under a client id that was used is refused, whatever the command, and nothing of it is done', async () => {
  await using scene = await openScene();
  const { alice, bob } = await conversation(scene);
  const [clientId, other, third] = [uuidv7(), uuidv7(), uuidv7()];
  const seen = async () => (await alice.ask(messageRoutes.history, { peerId: bob.userId, limit: 50 })).messages;
  const edit = { clientId, seq: 1, saw: 1, content: text('Edited.') };
  await alice.give('message.edited', bob, edit);
  await alice.give('message.reacted', bob, { clientId: other, seq: 2, emoji: '👍', set: true });
  await alice.give('message.deleted', bob, { clientId: third, seq: 2, scope: 'me' });
  const before = await seen();
  for (const giving of [
    alice.give('message.edited', bob, { ...edit, content: text('Edited otherwise.') }),
    alice.give('message.edited', bob, { ...edit, seq: 3 }),
    alice.give('message.reacted', bob, { clientId: other, seq: 3, emoji: '👍', set: true }),
    alice.give('message.reacted', bob, { clientId: other, seq: 2, emoji: '👍', set: false }),
    alice.give('message.deleted', bob, { clientId: third, seq: 3, scope: 'me' }),
    alice.give('message.deleted', bob, { clientId: third, seq: 3, scope: 'everyone' }),
    alice.give('message.deleted', bob, { clientId, seq: 1, scope: 'everyone' }),
    alice.give('message.reacted', bob, { clientId: before[0]?.clientId ?? '', seq: 1, emoji: '👍', set: true }),
  ]) {
    expect(await giving).toMatchObject({ code: 'client-id-reused' });
  }
  expect(await seen()).toEqual(before);
  expect((await alice.give('message.edited', bob, edit)).code).toBeUndefined();
  expect((await alice.give('message.deleted', bob, { clientId: third, seq: 2, scope: 'me' })).code).toBeUndefined();
});

test('no hash of an edit outlives the text that its author deleted', async () => {
  await using scene = await openScene();
  const { alice, bob } = await conversation(scene);
  const edit = { clientId: uuidv7(), seq: 1, saw: 1, content: text('Edited.') };
  await alice.give('message.edited', bob, edit);
  await alice.give('message.deleted', bob, { seq: 1, scope: 'everyone' });
  expect((await scene.database().query('SELECT FROM applied WHERE client_id = $1 AND hash IS NOT NULL', [edit.clientId])).rowCount).toBe(0);
  expect((await alice.give('message.edited', bob, edit)).code).toBeUndefined();
});

test('refusals say why', async () => {
  await using scene = await openScene();
  const { alice, bob } = await conversation(scene);
  const refused = async (giving: Promise<{ code?: string }>) => (await giving).code;
  expect(await refused(bob.give('message.edited', alice, { seq: 1, saw: 1, content: text('Mine now.') }))).toBe('not-yours');
  expect(await refused(bob.give('message.deleted', alice, { seq: 1, scope: 'everyone' }))).toBe('not-yours');
  expect(await refused(alice.give('message.edited', bob, { seq: 9, saw: 1, content: text('Nowhere.') }))).toBe('message-not-found');
  await alice.give('message.edited', bob, { seq: 1, saw: 1, content: text('Edited.') });
  expect(await refused(alice.give('message.edited', bob, { seq: 1, saw: 3, content: text('Elsewhere.') }))).toBe('edited-elsewhere');
  await alice.give('message.deleted', bob, { seq: 3, scope: 'everyone' });
  expect(await refused(alice.give('message.edited', bob, { seq: 3, saw: 9, content: text('Too late.') }))).toBe('message-deleted');
  expect(await refused(bob.give('message.reacted', alice, { seq: 3, emoji: '👍', set: true }))).toBe('message-deleted');
  const emoji = ['👍', '🎉', '😀', '😁', '😂', '😃', '😄', '😅'];
  expect(emoji).toHaveLength(limits.reactionsPerPerson);
  for (const each of emoji) await bob.give('message.reacted', alice, { seq: 1, emoji: each, set: true });
  expect(await refused(bob.give('message.reacted', alice, { seq: 1, emoji: '🙈', set: true }))).toBe('too-many-reactions');
  await bob.give('message.deleted', alice, { seq: 1, scope: 'me' });
  expect(await refused(bob.give('message.reacted', alice, { seq: 1, emoji: '👍', set: false }))).toBe('message-not-found');
});

test('[D4] too far behind, in another epoch, or ahead of the store: reset', async () => {
  await using scene = await openScene();
  const { alice, bob } = await conversation(scene);
  const { epoch } = await alice.ask(messageRoutes.history, { peerId: bob.userId, limit: 1 });
  const changes = (since: number, of = epoch) => alice.ask(messageRoutes.changes, { peerId: bob.userId, epoch: of, since });
  expect(await changes(3)).toMatchObject({ reset: false, update: { from: 3, version: 3, messages: [] } });
  expect(await changes(4)).toEqual({ reset: true, epoch, version: 3 });
  expect(await changes(0, 'another')).toEqual({ reset: true, epoch, version: 3 });
  await scene.database().query('UPDATE conversations SET version = version + 1000');
  expect(await changes(2)).toEqual({ reset: true, epoch, version: 1003 });
  await scene.database().query('UPDATE installation SET epoch = gen_random_uuid()');
  expect(await changes(1003)).toMatchObject({ reset: true });
});

import { messageRoutes } from '@parley/common/contracts';
import { until } from '@parley/common/testing';
import { expect, test } from 'vitest';
import { openScene, type Person, type Scene } from './cast.ts';
import { hearing } from './hearing.ts';

const text = (words: string) => ({ kind: 'text' as const, text: words });

/** What somebody does while they block the other one, of which nothing may show. */
const behindTheBlock: ((bob: Person, alice: Person) => Promise<unknown>)[] = [
  (bob, alice) => bob.ask(messageRoutes.block, { peerId: alice.userId }),
  (bob, alice) => bob.give('message.delivered', alice, { seq: 4 }),
  (bob, alice) => bob.give('message.read', alice, { seq: 3 }),
  (bob, alice) => bob.give('message.deleted', alice, { seq: 1, scope: 'me' }),
  (bob, alice) => bob.ask(messageRoutes.changeSettings, { peerId: alice.userId, archived: true, markedUnread: true } as never),
  (bob, alice) => bob.ask(messageRoutes.report, { peerId: alice.userId, seq: 3, note: 'Look.' }),
  (bob) => bob.ask(messageRoutes.changePrivacy, { onlyAnswered: true }),
  (bob) => bob.ask(messageRoutes.search, { q: 'one', limit: 5 }),
  (bob, alice) => bob.give('message.deleted', alice, { seq: 3, scope: 'me' }),
  (bob, alice) => bob.give('message.read', alice, { seq: 4 }),
];

/** What the blocked do meanwhile, each answered before the next. */
const meanwhile: ((alice: Person, bob: Person) => Promise<unknown>)[] = [
  (alice, bob) => alice.send(bob, 'Are you there?'),
  (alice, bob) => alice.give('message.edited', bob, { seq: 1, saw: 1, content: text('One, and more.') }),
  (alice, bob) => alice.give('message.reacted', bob, { seq: 2, emoji: '👀', set: true }),
  (alice, bob) => alice.give('message.read', bob, { seq: 2 }),
  (alice, bob) => alice.give('message.edited', bob, { seq: 4, saw: 99, content: text('Are you there at all?') }),
  (alice, bob) => alice.give('message.deleted', bob, { seq: 3, scope: 'everyone' }),
  (alice, bob) => alice.give('message.reacted', bob, { seq: 1, emoji: '🙈', set: true }),
  (alice, bob) => alice.give('message.deleted', bob, { seq: 2, scope: 'me' }),
  (alice, bob) => alice.send(bob, 'Then not.', { replyTo: 4 }),
  (alice, bob) => alice.ask(messageRoutes.changeSettings, { peerId: bob.userId, pinned: true } as never),
];

/** Everything that Alice hears and may ask for, while Bob is away, or seems to be. */
async function seenByAlice(scene: Scene, blocks: boolean): Promise<unknown> {
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  await alice.send(bob, 'One.');
  await bob.send(alice, 'Two.');
  await alice.send(bob, 'Three.');
  await bob.give('message.read', alice, { seq: 1 });
  const heard = hearing(scene, alice);
  const seen: unknown[] = [];
  const epoch = (await alice.ask(messageRoutes.conversationVersions, {})).epoch;
  for (const [index, doing] of meanwhile.entries()) {
    if (blocks) await behindTheBlock[index]?.(bob, alice);
    await doing(alice, bob);
    seen.push(
      await alice.ask(messageRoutes.history, { peerId: bob.userId, limit: 100 }),
      await alice.ask(messageRoutes.conversation, { peerId: bob.userId }),
      await alice.ask(messageRoutes.changes, { peerId: bob.userId, epoch, since: 3 }),
      await alice.ask(messageRoutes.conversationVersions, {}),
      await alice.ask(messageRoutes.listConversations, { limit: 10, archived: false }),
      await alice.ask(messageRoutes.listBlocks, {}),
    );
  }
  const found = await until(async () => {
    const { hits } = await alice.ask(messageRoutes.search, { q: 'there', limit: 10 });
    return hits.length === 1 && hits;
  });
  await until(() => heard().notices.length >= meanwhile.length);
  return plain({ seen, found, ...heard() }, { alice, bob });
}

/** Without what differs from one time to another: who it was, and when. */
function plain(seen: unknown, people: Readonly<Record<string, Person>>): unknown {
  const names = new Map(Object.entries(people).map(([name, { userId }]) => [userId, name]));
  const told = JSON.stringify(seen)
    .replaceAll(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, (time) => (time.startsWith('"1970') ? '"never"' : '"then"'))
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => {
      const name = names.get(id) ?? `id ${names.size}`;
      names.set(id, name);
      return name;
    });
  return JSON.parse(told);
}

test('[D8] to the blocked all is as if the other were away, in all that they hear and in all that they ask for', async () => {
  await using scene = await openScene();
  expect(await seenByAlice(scene, true)).toEqual(await seenByAlice(scene, false));
});

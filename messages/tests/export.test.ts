import { messageRoutes } from '@parley/common/contracts';
import { systemClock } from '@parley/common/server';
import { expect, test } from 'vitest';
import { everythingOf } from '../src/export.ts';
import { openScene, type Person, type Scene } from './cast.ts';

const text = (words: string) => ({ kind: 'text' as const, text: words });

async function exported({ url }: Scene, { cookie }: Person) {
  const response = await fetch(new URL('/api/messages/export', url), { headers: { cookie } });
  expect(response.headers.get('content-type')).toContain('application/x-ndjson');
  const lines = (await response.text()).split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line));
}

test('everything of mine can be taken along', async () => {
  await using scene = await openScene();
  const [alice, bob, carol] = [await scene.arrive(), await scene.arrive(), await scene.arrive()];
  expect(await exported(scene, alice)).toEqual([]);
  await alice.send(bob, 'One.');
  await bob.send(alice, 'Two.');
  await alice.give('message.deleted', bob, { seq: 2, scope: 'me' });
  await bob.send(carol, 'Not of Alice.');
  const lines = await exported(scene, alice);
  expect(lines).toMatchObject([
    { kind: 'conversation', peerId: bob.userId },
    { kind: 'message', seq: 1, content: { text: 'One.' } },
  ]);
  expect(lines).toHaveLength(2);
});

test('[D8] it holds what each of the two may see, and nothing else', async () => {
  await using scene = await openScene();
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  await alice.send(bob, 'One.');
  await alice.send(bob, 'Two.');
  await bob.ask(messageRoutes.block, { peerId: alice.userId });
  await alice.give('message.edited', bob, { seq: 1, saw: 1, content: text('One, and more.') });
  await alice.give('message.deleted', bob, { seq: 2, scope: 'everyone' });
  await alice.send(bob, 'Do you hear me?');
  const texts = async (person: Person) =>
    (await exported(scene, person)).filter(({ kind }) => kind === 'message').map(({ content }) => content?.text);
  expect(await texts(alice)).toEqual(['One, and more.', undefined, 'Do you hear me?']);
  expect(await texts(bob)).toEqual(['One.', undefined]);
  expect(JSON.stringify(await exported(scene, bob))).not.toMatch(/and more|hear me/);
});

test('it is whole though people go on writing, pinning and archiving meanwhile', async () => {
  await using scene = await openScene({ newConversations: 1_000 });
  const [alice, ...peers] = await Promise.all(Array.from({ length: 121 }, () => scene.arrive()));
  await Promise.all(peers.map((peer) => alice!.send(peer, `To ${peer.userId}.`)));
  const archive = (archived: boolean) => (peer: Person) =>
    alice!.ask(messageRoutes.changeSettings, { peerId: peer.userId, archived, pinned: !archived } as never);
  await Promise.all(peers.slice(0, 30).map(archive(true)));

  const seen: unknown[] = [];
  for await (const line of everythingOf(scene.database(), alice!.userId, systemClock)) {
    if (line['kind'] === 'conversation') seen.push(line['peerId']);
    if (seen.length !== 50 || line['kind'] !== 'conversation') continue;
    await Promise.all(peers.slice(0, 20).map(archive(false)));
    await Promise.all(peers.slice(90).map(archive(true)));
    await Promise.all(peers.slice(30, 90).map((peer) => peer.send(alice!, 'Are you there?')));
  }
  expect(seen.toSorted()).toEqual(peers.map(({ userId }) => userId).toSorted());
});

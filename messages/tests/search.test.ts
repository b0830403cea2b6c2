import { messageRoutes, type Output } from '@parley/common/contracts';
import { until } from '@parley/common/testing';
import { expect, test } from 'vitest';
import { startMessages } from '../src/service.ts';
import { config, openScene, type Person } from './cast.ts';

type Hits = Output<typeof messageRoutes.search>;
const search = (person: Person, q: string, more: { peerId?: string; after?: string; limit?: number } = {}): Promise<Hits> =>
  person.ask(messageRoutes.search, { q, limit: 50, ...more });
const textsOf = ({ hits }: Hits) => hits.map(({ message }) => (message.content?.kind === 'text' ? message.content.text : null));
const finds = (person: Person, q: string, texts: readonly string[]) =>
  until(async () => {
    expect(textsOf(await search(person, q))).toEqual(texts);
    return true;
  });

test('parts of words, Chinese and the shortest words are found by both, best first', async () => {
  await using scene = await openScene();
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  for (const text of ['The catalogue is out', '今天天气很好', 'I am ok', 'My cat sleeps', 'Concatenate them']) await alice.send(bob, text);
  await finds(alice, 'cat', ['My cat sleeps', 'The catalogue is out', 'Concatenate them']);
  await finds(bob, '天气', ['今天天气很好']);
  await finds(bob, '气', ['今天天气很好']);
  await finds(bob, 'i', ['I am ok']);
  await finds(bob, 'ok', ['I am ok']);
  const [hit] = (await search(bob, 'sleeps')).hits;
  expect(hit).toMatchObject({ peerId: alice.userId, message: { seq: 4 } });
});

test('[D8] nobody else finds anything, and one conversation can be searched alone', async () => {
  await using scene = await openScene();
  const [alice, bob, carol] = [await scene.arrive(), await scene.arrive(), await scene.arrive()];
  await alice.send(bob, 'The plan for bob');
  await alice.send(carol, 'The plan for carol');
  await finds(alice, 'plan', ['The plan for carol', 'The plan for bob']);
  await finds(carol, 'plan', ['The plan for carol']);
  expect(textsOf(await search(alice, 'plan', { peerId: bob.userId }))).toEqual(['The plan for bob']);
  expect(textsOf(await search(carol, 'plan', { peerId: bob.userId }))).toEqual([]);
});

test('what was edited, deleted, hidden or withheld is found as each may see it', async () => {
  await using scene = await openScene();
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  for (const text of ['apples one', 'apples two', 'apples three']) await alice.send(bob, text);
  await finds(bob, 'apples', ['apples three', 'apples two', 'apples one']);
  await alice.give('message.edited', bob, { seq: 1, saw: 1, content: { kind: 'text', text: 'pears one' } });
  await alice.give('message.deleted', bob, { seq: 2, scope: 'everyone' });
  await bob.give('message.deleted', alice, { seq: 3, scope: 'me' });
  await bob.ask(messageRoutes.block, { peerId: alice.userId });
  await alice.send(bob, 'apples withheld');
  await finds(alice, 'apples', ['apples withheld', 'apples three']);
  await finds(bob, 'apples', []);
  await finds(bob, 'pears', ['pears one']);
  expect((await scene.database().query('SELECT FROM search WHERE seq = 2')).rowCount).toBe(0);
});

test('[D8] what the blocked changed is found by each as they see it', async () => {
  await using scene = await openScene();
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  await alice.send(bob, 'apples one');
  await finds(bob, 'apples', ['apples one']);
  await bob.ask(messageRoutes.block, { peerId: alice.userId });
  await alice.give('message.edited', bob, { seq: 1, saw: 1, content: { kind: 'text', text: 'pears one' } });
  await finds(alice, 'pears', ['pears one']);
  await finds(alice, 'apples', []);
  await finds(bob, 'apples', ['apples one']);
  await finds(bob, 'pears', []);
  await bob.ask(messageRoutes.unblock, { peerId: alice.userId });
  await alice.give('message.edited', bob, { seq: 1, saw: 2, content: { kind: 'text', text: 'plums one' } });
  for (const person of [alice, bob]) {
    await finds(person, 'plums', ['plums one']);
    await finds(person, 'apples', []);
  }
  await alice.give('message.deleted', bob, { seq: 1, scope: 'everyone' });
  for (const person of [alice, bob]) await finds(person, 'plums', []);
});

test('what a pod had not indexed when it died is found by the next one, and by several at once', async () => {
  await using scene = await openScene();
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  const texts = Array.from({ length: 230 }, (_, index) => `needle ${index}`);
  await Promise.all(texts.map((text) => alice.send(bob, text)));
  const count = async () => (await scene.database().query('SELECT FROM search')).rowCount;
  await until(async () => (await count()) === texts.length);
  await scene.database().query('TRUNCATE search, indexed');
  const pods = [0, 1].map(() => scene.platform.start('messages', startMessages, config));
  await Promise.all(pods);
  await until(async () => (await count()) === texts.length);
  const { rows } = await scene
    .database()
    .query('SELECT x.version, c.version AS reached FROM indexed x JOIN conversations c USING (conversation_id)');
  expect(rows).toEqual([{ version: texts.length, reached: texts.length }]);
  expect((await search(bob, 'needle 229')).hits).toHaveLength(1);
});

test('pages of hits go on where the one before ended, each hit once', async () => {
  await using scene = await openScene();
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  const count = 25;
  await Promise.all(Array.from({ length: count }, (_, index) => alice.send(bob, `needle ${index}`)));
  await until(async () => (await search(alice, 'needle')).hits.length === count);
  const seen: number[] = [];
  let after: string | undefined;
  do {
    const page = await search(alice, 'needle', { limit: 10, ...(after && { after }) });
    seen.push(...page.hits.map(({ message }) => message.seq));
    after = page.after ?? undefined;
  } while (after);
  expect(seen).toHaveLength(count);
  expect(new Set(seen).size).toBe(count);
  await expect(search(alice, 'needle', { after: 'nonsense' })).rejects.toMatchObject({ code: 'invalid-input' });
});

test('what looks alike and is not keeps no answer waiting: the next page goes on behind it', async () => {
  await using scene = await openScene();
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  await alice.send(bob, 'ababab');
  const alike = 4_000;
  const texts = Array.from({ length: alike }, () => ({ content: { kind: 'text' as const, text: 'ab ba' }, replyTo: null }));
  await Promise.all(texts.map((fields) => alice.publish('message.sent', bob, fields)));
  await until(async () => (await scene.database().query('SELECT FROM search')).rowCount === alike + 1, 60_000);
  const first = await search(alice, 'abab');
  expect(first).toEqual({ hits: [], after: expect.any(String) });
  expect(textsOf(await search(alice, 'abab', { after: first.after ?? '' }))).toEqual(['ababab']);
}, 60_000);

import { conversationIdOf, messageRoutes, uuidv7 } from '@parley/common/contracts';
import { systemClock } from '@parley/common/server';
import { until } from '@parley/common/testing';
import { expect, test } from 'vitest';
import { type Command, gather } from '../src/commands.ts';
import { createStore } from '../src/store.ts';
import { openScene } from './cast.ts';
import { catchUp, fold, knownFrom, updatesFor } from './fold.ts';

const at = '2026-01-01T00:00:00.000Z';

test('whoever is left keeps the conversation, closed, and nothing new is written', async () => {
  await using scene = await openScene();
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  await alice.send(bob, 'Goodbye.');
  await bob.send(alice, 'Goodbye!');
  await alice.ask(messageRoutes.changeSettings, { peerId: bob.userId, pinned: true } as never);
  const live = knownFrom(await bob.ask(messageRoutes.history, { peerId: alice.userId, limit: 50 }));
  const back = structuredClone(live);
  await scene.bus.publish('user.deleted', { userId: alice.userId, number: 2, at });
  await until(async () => (await bob.ask(messageRoutes.conversation, { peerId: alice.userId })).closed);

  expect(await bob.send(alice, 'Are you there?')).toMatchObject({ code: 'person-gone' });
  expect(await bob.give('message.edited', alice, { seq: 2, saw: 2, content: { kind: 'text', text: 'Changed.' } })).toMatchObject({
    code: 'person-gone',
  });
  expect((await bob.give('message.deleted', alice, { seq: 2, scope: 'everyone' })).code).toBeUndefined();
  const page = await bob.ask(messageRoutes.history, { peerId: alice.userId, limit: 50 });
  expect(page.messages).toMatchObject([{ content: { text: 'Goodbye.' } }, { content: null }]);

  const conversationId = page.conversationId;
  for (const update of updatesFor(scene.heard['socket-handler'], conversationId, bob.userId)) fold(live, update);
  expect(live).toMatchObject({ closed: true, version: page.version });
  expect(await catchUp(bob, alice, back)).toMatchObject({ closed: true, version: page.version });
  const { rows } = await scene.database().query('SELECT pinned FROM members WHERE user_id = $1', [alice.userId]);
  expect(rows).toEqual([{ pinned: false }]);
});

test('a message to somebody who is gone is refused, and their registration that comes late changes nothing', async () => {
  await using scene = await openScene();
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  await scene.bus.publish('user.deleted', { userId: bob.userId, number: 2, at });
  await scene.bus.publish('user.registered', { userId: bob.userId, number: 1, userName: 'bob', displayName: 'Bob', at });
  await until(async () => (await alice.ask(messageRoutes.conversation, { peerId: bob.userId })).closed);
  expect(await alice.send(bob, 'Hello?')).toMatchObject({ code: 'person-gone' });
  expect((await scene.database().query('SELECT FROM conversations')).rowCount).toBe(0);
});

test('a conversation that is being begun while one of the two goes ends closed, and nothing is stored in it afterwards', async () => {
  await using scene = await openScene();
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  const conversationId = conversationIdOf(alice.userId, bob.userId);
  const data = { clientId: uuidv7(), conversationId, senderId: bob.userId, peerId: alice.userId, deviceId: '', replyTo: null };
  const first: Command = { name: 'message.sent', data: { ...data, content: { kind: 'text', text: 'Hello?' } } };

  // A batch of another pod, judged but not committed.
  const beginning = await scene.database().connect();
  await beginning.query('BEGIN');
  await createStore({ database: beginning as never, clock: systemClock, newConversations: 10 }).store(gather([first]));
  await scene.bus.publish('user.deleted', { userId: alice.userId, number: 2, at });
  await until(
    async () =>
      (
        await scene
          .database()
          .query("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%FROM people%FOR UPDATE%'")
      ).rowCount,
  );
  await beginning.query('COMMIT');
  beginning.release();

  await until(async () => (await bob.ask(messageRoutes.conversation, { peerId: alice.userId })).closed);
  expect(await bob.ask(messageRoutes.conversation, { peerId: alice.userId })).toMatchObject({ version: 2, lastSeq: 1 });
  expect(await bob.send(alice, 'Are you there?')).toMatchObject({ code: 'person-gone' });
  await bob.ask(messageRoutes.changeSettings, { peerId: alice.userId, pinned: true } as never);
  expect((await scene.database().query('SELECT closed FROM conversations')).rows).toEqual([{ closed: true }]);
});

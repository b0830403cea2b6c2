import { messageRoutes, uuidv7 } from '@parley/common/contracts';
import { expect, test } from 'vitest';
import { openScene } from './cast.ts';

test('[D1] [D3] messages are stored in order, numbered without holes, and both people read the same', async () => {
  await using scene = await openScene();
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  const first = await alice.send(bob, 'Hello.');
  const second = await bob.send(alice, 'Hi!');
  expect(first.update).toMatchObject({ from: 0, version: 1, messages: [{ seq: 1, content: { text: 'Hello.' }, senderId: alice.userId }] });
  expect(second.update).toMatchObject({ from: 1, version: 2, messages: [{ seq: 2, version: 2 }] });

  const page = await alice.ask(messageRoutes.history, { peerId: bob.userId, limit: 50 });
  expect(page).toMatchObject({ version: 2, lastSeq: 2, hasBefore: false, hasAfter: false });
  expect(page.messages).toEqual([...first.update.messages, ...second.update.messages]);
  expect(await bob.ask(messageRoutes.history, { peerId: alice.userId, limit: 50 })).toEqual(page);
});

test('[D2] a repeated message is answered with the same row and stored once', async () => {
  await using scene = await openScene();
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  const clientId = uuidv7();
  const first = await alice.send(bob, 'Once.', { clientId });
  await bob.send(alice, 'Something else.');
  const again = await alice.send(bob, 'Once.', { clientId });
  expect(again.update).toMatchObject({ from: 2, version: 2 });
  expect(again.update.messages).toEqual(first.update.messages);
});

test('[D2] other content under a client id that was used is refused for good', async () => {
  await using scene = await openScene();
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  const clientId = uuidv7();
  await alice.send(bob, 'Once.', { clientId });
  expect(await alice.send(bob, 'Twice.', { clientId })).toMatchObject({ code: 'client-id-reused' });
});

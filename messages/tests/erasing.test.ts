import { conversationIdOf, shardOf, uuidv7 } from '@parley/common/contracts';
import { type Clock, type StartService, systemClock } from '@parley/common/server';
import { type TestPod, until } from '@parley/common/testing';
import { expect, test } from 'vitest';
import type { Config } from '../src/config.ts';
import { startMessages } from '../src/service.ts';
import { config, openScene, type Person, type Scene } from './cast.ts';

/** Whoever rests, rests for a moment. */
const hasty: Clock = { ...systemClock, sleep: (milliseconds, signal) => systemClock.sleep(Math.min(milliseconds, 50), signal) };
/** Who once rests long does so until the end. */
const weary: Clock = {
  ...systemClock,
  sleep: (milliseconds, signal) => systemClock.sleep(milliseconds < 5_000 ? milliseconds : 60_000, signal),
};
const startWith =
  (clock: Clock): StartService<Config> =>
  (settings, world) =>
    startMessages(settings, { ...world, clock });

/** A copy of what Alice wrote that no messages service can handle, and what lies among the dead letters of it. */
async function bury(scene: Scene, alice: Person, bob: Person, clientId: string, words: string) {
  const conversationId = conversationIdOf(alice.userId, bob.userId);
  const content = { kind: 'text' as const, text: words };
  const data = { clientId, conversationId, senderId: uuidv7(), peerId: bob.userId, deviceId: '', content, replyTo: null };
  await scene.bus.publish('message.sent', data, { to: { shard: shardOf(conversationId, config.shards) } });
  const lying = async () => (await scene.bus.deadLetters.list()).filter((letter) => JSON.stringify(letter.body).includes(words)).length;
  await until(async () => (await lying()) === 1);
  return lying;
}

/** Not by listing the letters: whoever lists them holds them meanwhile. */
const looked = ({ world }: TestPod) =>
  until(async () => (await world.database.query('SELECT FROM erasures WHERE looked_at IS NOT NULL')).rowCount === 1);

test('text that its author deletes is taken out of the dead letters too, and nothing else is', async () => {
  await using scene = await openScene({}, startWith(hasty));
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  const { clientId } = await alice.send(bob, 'Secret words.');
  const lying = await bury(scene, alice, bob, clientId, 'Secret words.');
  const other = await bury(scene, alice, bob, uuidv7(), 'Other words.');
  await alice.give('message.deleted', bob, { seq: 1, scope: 'everyone' });
  await looked(scene.pod);
  expect(await lying()).toBe(0);
  expect(await other()).toBe(1);
});

test('[D7] and by the next pod, when the one that stored the deletion dies before it comes to it', async () => {
  await using scene = await openScene({}, startWith(weary));
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  const { clientId } = await alice.send(bob, 'Secret words.');
  const lying = await bury(scene, alice, bob, clientId, 'Secret words.');
  await alice.give('message.deleted', bob, { seq: 1, scope: 'everyone' });
  await scene.pod[Symbol.asyncDispose]();
  expect(await lying()).toBe(1);
  await looked(await scene.platform.start('messages', startWith(hasty), config));
  expect(await lying()).toBe(0);
});

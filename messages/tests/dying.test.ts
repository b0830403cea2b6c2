import type { Bus } from '@parley/common/bus';
import { conversationIdOf, messageRoutes, type OutcomeName, outcomeEvents, ParleyError } from '@parley/common/contracts';
import type { StartService } from '@parley/common/server';
import { until } from '@parley/common/testing';
import { expect, test } from 'vitest';
import type { Config } from '../src/config.ts';
import { startMessages } from '../src/service.ts';
import { config, openScene, type Person, type Scene } from './cast.ts';
import { hearing } from './hearing.ts';

const text = (words: string) => ({ kind: 'text' as const, text: words });

/** A pod that, once it is mute, stores what it hears and can tell it to nobody. */
function mutable() {
  let mute = false;
  const muted = (bus: Bus): Bus => ({
    publish: (name, data, options) =>
      mute && Object.hasOwn(outcomeEvents, name as OutcomeName)
        ? Promise.reject(new ParleyError('bus-away'))
        : bus.publish(name, data, options),
    hear: (options) => bus.hear(options),
    get state() {
      return bus.state;
    },
    onState: (listener) => bus.onState(listener),
    deadLetters: bus.deadLetters,
    [Symbol.asyncDispose]: () => bus[Symbol.asyncDispose](),
  });
  const start: StartService<Config> = (settings, world) => startMessages(settings, { ...world, bus: muted(world.bus) });
  return {
    start,
    mute(is: boolean) {
      mute = is;
    },
  };
}

/** Two people with something between them. */
async function conversation(scene: Scene) {
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  const heard = [alice, bob].map((person) => hearing(scene, person));
  await alice.send(bob, 'One.');
  await alice.send(bob, 'Two.');
  await bob.give('message.delivered', alice, { seq: 2 });
  await until(() => heard.every((one) => one().frames.length === 3 && one().notices.length === 3));
  return { alice, bob };
}

const stored = (scene: Scene, { alice, bob }: { alice: Person; bob: Person }, version: number) =>
  until(async () => {
    const id = conversationIdOf(alice.userId, bob.userId);
    const { rows } = await scene.database().query('SELECT version FROM conversations WHERE conversation_id = $1', [id]);
    return rows[0]?.version === version;
  });

const doings: [string, (alice: Person, bob: Person) => Promise<unknown>][] = [
  ['a message', (alice, bob) => alice.publish('message.sent', bob, { content: text('Three.'), replyTo: null })],
  ['an edit', (alice, bob) => alice.publish('message.edited', bob, { seq: 2, saw: 2, content: text('Two, and more.') })],
  ['a deletion', (alice, bob) => alice.publish('message.deleted', bob, { seq: 2, scope: 'everyone' })],
  ['a reaction', (alice, bob) => alice.publish('message.reacted', bob, { seq: 1, emoji: '👍', set: true })],
  ['a mark', (alice, bob) => bob.publish('message.read', alice, { seq: 2 })],
];

test.each(doings)('[D7] %s that was stored by a pod which died before it told it is told by the next one', async (_, doing) => {
  const { start, mute } = mutable();
  await using scene = await openScene({}, start);
  const { alice, bob } = await conversation(scene);
  const heard = [alice, bob].map((person) => hearing(scene, person));
  mute(true);
  await doing(alice, bob);
  await stored(scene, { alice, bob }, 4);
  await scene.pod[Symbol.asyncDispose]();
  for (const one of heard) expect(one()).toEqual({ frames: [], notices: [] });

  const next = await scene.platform.start('messages', startMessages, config);
  for (const [index, person] of [alice, bob].entries()) {
    const peer = index === 0 ? bob : alice;
    const line = () => heard[index]?.().notices.findLast((told) => (told as { list?: unknown }).list) as { update: object; list: object };
    await until(() => line());
    const route = messageRoutes.conversation.path.replace(':peerId', peer.userId);
    const response = await fetch(new URL(route, next.url), { headers: { cookie: person.cookie } });
    const { version, lastSeq, unread, preview, marks } = (await response.json()) as Record<string, unknown>;
    expect(line()).toMatchObject({ update: { from: version, version }, list: { lastSeq, unread, preview } });
    if (doing === doings[4]?.[1]) expect(line()).toMatchObject({ update: { marks } });
    const frame = await until(() => heard[index]?.().frames.at(-1));
    expect(frame).toMatchObject({ update: { version } });
  }
});

test('[D7] what was stored while the bus took nothing is told when it does, as it would have been', async () => {
  const { start, mute } = mutable();
  await using scene = await openScene({}, start);
  const { alice, bob } = await conversation(scene);
  const heard = hearing(scene, alice);
  mute(true);
  await bob.publish('message.read', alice, { seq: 2 });
  await stored(scene, { alice, bob }, 4);
  mute(false);
  await until(() => heard().frames.length > 0);
  expect(heard().frames).toMatchObject([{ update: { from: 3, version: 4, marks: { [bob.userId]: { read: 2 } } } }]);
});

test('[D7] what was stored in one go with what others said, while the bus took nothing, is told for all of them', async () => {
  const { start, mute } = mutable();
  await using scene = await openScene({}, start);
  const pairs = await Promise.all(Array.from({ length: 6 }, () => conversation(scene)));
  const heard = pairs.map(({ alice }) => hearing(scene, alice));
  mute(true);
  await Promise.all(pairs.map(({ alice, bob }) => bob.publish('message.sent', alice, { content: text('Three.'), replyTo: null })));
  await Promise.all(pairs.map((pair) => stored(scene, pair, 4)));
  expect(heard.flatMap((one) => one().frames)).toEqual([]);
  mute(false);
  await until(() => heard.every((one) => one().frames.length > 0));
  for (const one of heard)
    expect(one().frames[0]).toMatchObject({ update: { from: 3, version: 4, messages: [{ content: text('Three.') }] } });
});

test('[D8] what was read unseen stays unseen also when it comes again', async () => {
  const { start, mute } = mutable();
  await using scene = await openScene({}, start);
  const { alice, bob } = await conversation(scene);
  await bob.ask(messageRoutes.changePrivacy, { readReceipts: false });
  const [alices, bobs] = [hearing(scene, alice), hearing(scene, bob)];
  mute(true);
  await bob.publish('message.read', alice, { seq: 2 });
  await stored(scene, { alice, bob }, 4);
  await scene.pod[Symbol.asyncDispose]();
  await scene.platform.start('messages', startMessages, config);
  await until(() => bobs().notices.length > 1);
  expect(bobs().notices.at(-1)).toMatchObject({ update: { version: 4 }, list: { unread: 0 } });
  expect(alices()).toEqual({ frames: [], notices: [] });
});

test('[D7] that somebody is gone is told by the next pod too', async () => {
  const { start, mute } = mutable();
  await using scene = await openScene({}, start);
  const { alice, bob } = await conversation(scene);
  const heard = hearing(scene, bob);
  mute(true);
  await scene.bus.publish('user.deleted', { userId: alice.userId, number: 2, at: '2026-01-01T00:00:00.000Z' });
  await stored(scene, { alice, bob }, 4);
  await scene.pod[Symbol.asyncDispose]();
  await scene.platform.start('messages', startMessages, config);
  await until(() => heard().frames.length > 0);
  expect(heard().frames.at(-1)).toMatchObject({ update: { version: 4, closed: true } });
});

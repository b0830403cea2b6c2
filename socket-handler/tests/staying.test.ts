import type { Bus, PodHearing } from '@parley/common/bus';
import { closeCodes, conversationIdOf, type Message, membersOf, uuidv7 } from '@parley/common/contracts';
import type { Registry } from '@parley/common/registry';
import { type SignedIn, signedIn, testClock, testPlatform, until } from '@parley/common/testing';
import { expect, test } from 'vitest';
import { GROUP } from '../src/chat.ts';
import { startSocketHandler } from '../src/service.ts';
import { connect, knock, send } from './client.ts';
import { asked, config, SHARDS, startPod } from './pods.ts';
import { openStore } from './store.ts';

const measure = async (pod: { world: { metrics: { getSingleMetricAsString(name: string): Promise<string> } } }, name: string) =>
  pod.world.metrics.getSingleMetricAsString(name);

test('a device that answers nothing is closed, one that answers stays', async () => {
  await using platform = testPlatform();
  const clock = testClock();
  const pod = await startPod(platform, {}, { clock });
  const [alice, bob] = [signedIn({ clock }), signedIn({ clock })];
  await using silent = await connect(pod.url, alice, { autoPong: false });
  await using alive = await connect(pod.url, bob);
  let pings = 0;
  alive.socket.on('ping', () => pings++);

  await until(async () => {
    clock.advance(1_000);
    // What it sends comes after its answers to the pings so far.
    const pongs = alive.saw('pong').length;
    alive.say({ type: 'ping' });
    await until(() => alive.saw('pong').length > pongs);
    return pings >= 3;
  });

  expect(await silent.closed).toEqual({ code: closeCodes['timed-out'].code, reason: 'timed-out' });
  expect(alive.socket.readyState).toBe(alive.socket.OPEN);
});

test('a device that does not read is closed before it costs memory without bound, and may come back', async () => {
  await using platform = testPlatform();
  const pod = await startPod(platform, { bufferedPerSocket: 256 * 1024, hintsUpTo: 64 * 1024 });
  const { world } = await platform.world('socket-handler');
  const [alice, bob] = [signedIn(), signedIn()];
  await using slow = await connect(pod.url, bob);
  await using quick = await connect(pod.url, alice);
  slow.socket.pause();

  let seq = 0;
  await until(async () => {
    const more = Array.from({ length: 40 }, () => stored(alice, bob, ++seq, '😀'.repeat(4_000)));
    await Promise.all(more.map((outcome) => world.bus.publish('message.stored', outcome, { to: { group: GROUP, pods: [pod.world.pod] } })));
    return (await measure(pod, 'parley_sockets_closed_total')).includes('reason="too-slow"');
  });

  expect(await measure(pod, 'parley_socket_people')).toMatch(/parley_socket_people 1$/m);
  slow.socket.resume();
  expect(await slow.closed).toEqual({ code: closeCodes['too-slow'].code, reason: 'too-slow' });
  await quick.see('update', ({ update }) => update.version === seq);
  await using _back = await connect(pod.url, bob);
});

test('typing is the first that a slow reader does without', async () => {
  await using platform = testPlatform();
  const pod = await startPod(platform, { hintsUpTo: -1 });
  const [alice, bob] = [signedIn(), signedIn()];
  await using alices = await connect(pod.url, alice);
  await using bobs = await connect(pod.url, bob);
  bobs.say({ type: 'join', peer: alice.userId });
  await bobs.see('joined');
  alices.say({ type: 'join', peer: bob.userId }, { type: 'typing', to: bob.userId, active: true });
  await alices.see('joined');

  const { world } = await platform.world('socket-handler');
  await world.bus.publish('message.stored', stored(alice, bob, 1, 'Hi.'), { to: { group: GROUP, pods: [pod.world.pod] } });
  await bobs.see('update');
  expect(bobs.saw('typing')).toEqual([]);
});

test('[D10] a pod that stops serves its devices until they have moved', async () => {
  await using platform = testPlatform();
  await openStore(platform, SHARDS);
  const [going, staying] = [await startPod(platform, { drainSeconds: 20 }), await startPod(platform)];
  const [alice, bob] = [signedIn(), signedIn()];
  await using alices = await connect(going.url, alice);
  await using bobs = await connect(staying.url, bob);
  expect(await going.service.ready()).toBe(true);

  const stopped = going.service[Symbol.asyncDispose]();

  // There are few to be moved, so it need not take all of its time.
  expect((await alices.see('move')).after).toBeLessThanOrEqual(1_000);
  expect(await going.service.ready()).toBe(false);
  await expect(knock(going.url, bob)).rejects.toThrow('503');
  alices.say(send(bob, 'Sent while moving.'));
  await bobs.see('update');
  await alices.see('update');
  await using moved = await connect(staying.url, alice);
  alices.socket.close();
  await stopped;
  moved.say(send(bob, 'And after.'));
  await until(() => bobs.saw('update').length === 2);
});

test('[D5] a device is told nothing before it is greeted, for it reads its state after that', async () => {
  await using platform = testPlatform();
  const registering = Promise.withResolvers<void>();
  const pod = await platform.start(
    'socket-handler',
    (configuration, world) => {
      const join: Registry['join'] = async (...given) => {
        const membership = await world.registry.join(...given);
        const add = (userId: string) => registering.promise.then(() => membership.add(userId));
        return {
          known: true,
          add,
          remove: (...left) => membership.remove(...left),
          departures: async () => [],
          settle: async () => {},
          [Symbol.asyncDispose]: () => membership[Symbol.asyncDispose](),
        };
      };
      return startSocketHandler(configuration, { ...world, registry: Object.assign(Object.create(world.registry), { join }) });
    },
    config(),
    { ask: asked() },
  );
  const { world } = await platform.world('socket-handler');
  const [alice, bob] = [signedIn(), signedIn()];
  const knocking = knock(pod.url, bob);
  const to = { group: GROUP, pods: [pod.world.pod] };
  await until(async () => (await measure(pod, 'parley_socket_people')).endsWith('parley_socket_people 1'));

  await world.bus.publish('message.stored', stored(alice, bob, 1, 'Too early.'), { to });
  await until(async () => (await measure(pod, 'parley_updates_relayed_total')).endsWith('parley_updates_relayed_total 1'));
  registering.resolve();
  await using bobs = await knocking;
  await bobs.see('hello');
  await world.bus.publish('message.stored', stored(alice, bob, 2, 'In time.'), { to });

  await bobs.see('update');
  expect(bobs.frames.map(({ type }) => type)).toEqual(['hello', 'update']);
});

test('a device that does not move is sent away when the time is over', async () => {
  await using platform = testPlatform();
  const pod = await startPod(platform, { drainSeconds: 0.05 });
  await using client = await connect(pod.url, signedIn());
  await pod.service[Symbol.asyncDispose]();
  expect(await client.closed).toEqual({ code: closeCodes['going-away'].code, reason: 'going-away' });
  expect(client.saw('move')).toHaveLength(1);
});

test('[D4] when something may have been missed, every device is told to compare', async () => {
  await using platform = testPlatform();
  const gaps: (() => void)[] = [];
  const pod = await platform.start(
    'socket-handler',
    (configuration, world) => {
      const hear: Bus['hear'] = (hearing) => {
        if (hearing.queue === GROUP) gaps.push((hearing as unknown as PodHearing<'message.stored'>).onGap);
        return world.bus.hear(hearing);
      };
      return startSocketHandler(configuration, { ...world, bus: Object.assign(Object.create(world.bus), { hear }) });
    },
    config(),
  );
  await using phone = await connect(pod.url, signedIn());
  await using laptop = await connect(pod.url, signedIn());

  for (const gap of gaps) gap();

  for (const device of [phone, laptop]) expect(await device.see('resync')).toEqual({ type: 'resync', within: 2_000 });
});

test('[D8] what is concealed from one of the two reaches them as an empty change, and a refusal only its giver', async () => {
  await using platform = testPlatform();
  const pod = await startPod(platform);
  const { world } = await platform.world('socket-handler');
  const [alice, bob] = [signedIn(), signedIn()];
  await using alices = await connect(pod.url, alice);
  await using bobs = await connect(pod.url, bob);
  const to = { group: GROUP, pods: [pod.world.pod] };
  const conversationId = conversationIdOf(alice.userId, bob.userId);

  await world.bus.publish('message.stored', { ...stored(alice, bob, 1, 'Do you still block me?'), concealed: bob.userId }, { to });
  await world.bus.publish('message.refused', { clientId: uuidv7(), conversationId, senderId: alice.userId, code: 'person-gone' }, { to });

  expect((await alices.see('update')).update.messages).toHaveLength(1);
  expect((await bobs.see('update')).update).toEqual({ conversationId, epoch: 'test', from: 0, version: 1, messages: [] });
  expect(await alices.see('refused')).toMatchObject({ code: 'person-gone' });
  bobs.say({ type: 'ping' });
  await bobs.see('pong');
  expect(bobs.saw('refused')).toEqual([]);
});

function stored(sender: SignedIn, peer: SignedIn, seq: number, text: string) {
  const message: Message = {
    id: uuidv7(),
    seq,
    version: seq,
    clientId: uuidv7(),
    senderId: sender.userId,
    content: { kind: 'text', text },
    replyTo: null,
    sentAt: new Date().toISOString(),
    editedAt: null,
    deletedAt: null,
    reactions: [],
  };
  const conversationId = conversationIdOf(sender.userId, peer.userId);
  return {
    members: membersOf(sender.userId, peer.userId),
    update: { conversationId, epoch: 'test', from: seq - 1, version: seq, messages: [message] },
  };
}

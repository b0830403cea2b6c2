import { conversationIdOf, messageRoutes, type Route } from '@parley/common/contracts';
import type { Ask } from '@parley/common/server';
import { signedIn, testPlatform, until } from '@parley/common/testing';
import { expect, test } from 'vitest';
import { connect, send } from './client.ts';
import { asked, startPod } from './pods.ts';

test('typing is shown on the devices that have the room open, on every pod, and nowhere else', async () => {
  await using platform = testPlatform();
  const [one, other] = [await startPod(platform), await startPod(platform)];
  const [alice, bob, carol] = [signedIn(), signedIn(), signedIn()];
  await using alices = await connect(one.url, alice);
  await using phone = await connect(one.url, bob);
  await using laptop = await connect(other.url, bob);
  await using closedRoom = await connect(other.url, bob);
  await using carols = await connect(other.url, carol);
  const conversationId = conversationIdOf(alice.userId, bob.userId);

  alices.say({ type: 'join', peer: bob.userId });
  for (const device of [phone, laptop, carols]) device.say({ type: 'join', peer: alice.userId });
  for (const device of [alices, phone, laptop, carols]) await device.see('joined');
  expect(phone.saw('joined')).toEqual([{ type: 'joined', peer: alice.userId, conversationId }]);

  alices.say({ type: 'typing', to: bob.userId, active: true });
  for (const device of [phone, laptop]) {
    expect(await device.see('typing')).toEqual({ type: 'typing', conversationId, userId: alice.userId, active: true });
  }
  alices.say({ type: 'typing', to: bob.userId, active: false });
  for (const device of [phone, laptop]) await device.see('typing', ({ active }) => !active);

  for (const device of [closedRoom, carols, alices]) {
    device.say({ type: 'ping' });
    await device.see('pong');
    expect(device.saw('typing')).toEqual([]);
  }
});

test('[D8] who has the room closed tells nobody', async () => {
  await using platform = testPlatform();
  const { url } = await startPod(platform);
  const [alice, bob] = [signedIn(), signedIn()];
  await using alices = await connect(url, alice);
  await using bobs = await connect(url, bob);
  bobs.say({ type: 'join', peer: alice.userId });
  await bobs.see('joined');
  const typing = (active: boolean) => ({ type: 'typing', to: bob.userId, active }) as const;

  alices.say(typing(true), { type: 'join', peer: bob.userId }, typing(true), typing(false));

  await bobs.see('typing', ({ active }) => !active);
  expect(bobs.saw('typing').map(({ active }) => active)).toEqual([true, false]);
});

test('said often, it is passed on now and then; and a device that goes has stopped', async () => {
  await using platform = testPlatform();
  const { url } = await startPod(platform);
  const [alice, bob] = [signedIn(), signedIn()];
  await using alices = await connect(url, alice);
  await using bobs = await connect(url, bob);
  alices.say({ type: 'join', peer: bob.userId });
  bobs.say({ type: 'join', peer: alice.userId });
  await bobs.see('joined');

  alices.say(...Array.from({ length: 20 }, () => ({ type: 'typing', to: bob.userId, active: true }) as const));
  await bobs.see('typing');
  alices.socket.terminate();

  await bobs.see('typing', ({ active }) => !active);
  expect(bobs.saw('typing').map(({ active }) => active)).toEqual([true, false]);
});

test('[D8] across a block nobody is shown typing, whatever rooms are open, from the moment of the block to its end', async () => {
  await using platform = testPlatform();
  const blocked = new Set<string>();
  let asks = 0;
  const answer = asked(blocked);
  const ask = ((route: Route, input: never) => {
    if (route === messageRoutes.blockedConversations) asks += 1;
    return answer(route, input);
  }) as Ask;
  const { url, world } = await startPod(platform, {}, { ask });
  const [alice, bob] = [signedIn(), signedIn()];
  const conversationId = conversationIdOf(alice.userId, bob.userId);
  await using alices = await connect(url, alice);
  await using bobs = await connect(url, bob);
  const both = [
    { device: alices, peer: bob },
    { device: bobs, peer: alice },
  ];
  for (const { device, peer } of both) device.say({ type: 'join', peer: peer.userId });
  for (const { device } of both) await device.see('joined');
  const shown = () => both.map(({ device }) => device.saw('typing').length);

  /** Both type and stop, and all that became of it has reached them. */
  const type = async () => {
    const pongs = both.map(({ device }) => device.saw('pong').length);
    for (const { device, peer } of both) {
      device.say({ type: 'typing', to: peer.userId, active: true }, { type: 'typing', to: peer.userId, active: false }, { type: 'ping' });
    }
    await until(() => both.every(({ device }, index) => device.saw('pong').length > (pongs[index] ?? 0)));
    const { clientId } = send(bob, 'behind it');
    for (const { userId: senderId } of [alice, bob]) {
      const refusal = { clientId, conversationId, senderId, code: 'not-yours' as const };
      await world.bus.publish('message.refused', refusal, { to: { group: 'socket-handler', pods: 'every' } });
    }
    for (const { device } of both) await device.see('refused', (refusal) => refusal.clientId === clientId);
  };
  const decide = async (name: 'person.blocked' | 'person.unblocked', number: number) => {
    const before = asks;
    await world.bus.publish(name, { userId: bob.userId, peerId: alice.userId, number, at: '2026-01-01T00:00:00.000Z' });
    // The pod asks anew once it has heard.
    await until(async () => {
      await type();
      return asks > before;
    });
  };

  await until(async () => {
    await type();
    return shown().every((count) => count >= 2);
  });
  blocked.add(conversationId);
  await decide('person.blocked', 1);
  const before = shown();
  await type();
  expect(shown()).toEqual(before);
  blocked.clear();
  await decide('person.unblocked', 2);
  await until(async () => {
    await type();
    return shown().every((count, index) => count > (before[index] ?? 0));
  });
});

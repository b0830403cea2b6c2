import { signedIn, testClock, testPlatform, until } from '@parley/common/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { announce, Conversations, config, startPod, stored } from './cast.ts';
import { connect, knock } from './device.ts';

const platform = testPlatform();
const conversations = new Conversations();
const clock = testClock();
let pod: Awaited<ReturnType<typeof startPod>>;
beforeAll(async () => {
  const limited = { ...config({}, { guestsPerAddress: 2 }), trustedProxies: ['127.0.0.1'] };
  pod = await startPod(platform, conversations, { clock }, limited);
});
afterAll(() => platform[Symbol.asyncDispose]());

/** From an address of its own, as the proxy in front says. */
const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
const counted = (guest: Awaited<ReturnType<typeof knock>>) => guest.saw('guest').map(({ online }) => online);
const later = (condition: () => boolean) =>
  until(() => {
    clock.advance(1_000);
    return condition();
  });

test('[D8] a guest learns how many are online, and nothing else of anybody', async () => {
  const [ann, ben] = [signedIn({ clock }), signedIn({ clock })];
  await using guest = await knock(pod.url, from('10.0.0.1'));
  await later(() => counted(guest).at(-1) === 0);
  await using anns = await connect(pod.url, ann, from('10.0.1.1'));
  await using _bens = await connect(pod.url, ben, from('10.0.1.1'));
  await later(() => counted(guest).at(-1) === 2);

  guest.say({ type: 'watch', userIds: [ann.userId], people: true });
  await announce(pod, 'message.stored', stored(ben.userId, ann.userId));
  await anns.see('notice');
  await pod.world.bus.publish('user.registered', {
    userId: ben.userId,
    number: 1,
    userName: 'ben',
    displayName: 'Ben',
    at: '2026-01-01T00:00:00.000Z',
  });
  guest.say({ type: 'ping' });
  await guest.see('pong');
  clock.advance(5_000);
  expect(new Set(guest.frames.map(({ type }) => type))).toEqual(new Set(['guest', 'pong']));
});

test('the count comes at once to a new guest, and then only when it changed, every five seconds at the most', async () => {
  await using first = await knock(pod.url, from('10.0.0.1'));
  await later(() => counted(first).length > 0);
  await using second = await knock(pod.url, from('10.0.0.2'));
  await second.see('guest');
  const before = counted(first).length;
  await using _one = await connect(pod.url, signedIn({ clock }), from('10.0.1.1'));
  await using _two = await connect(pod.url, signedIn({ clock }), from('10.0.1.1'));
  await using _three = await connect(pod.url, signedIn({ clock }), from('10.0.1.1'));
  await until(
    async () => (await pod.world.database.query('SELECT FROM presence WHERE online')).rowCount === (counted(first).at(-1) ?? 0) + 3,
  );
  clock.advance(5_000);
  await until(() => counted(first).length > before);
  expect(counted(first).length).toBe(before + 1);
});

test('an address has room for so many guests, and a page that is told no may try later', async () => {
  const one = await knock(pod.url, from('10.0.0.9'));
  await using _two = await knock(pod.url, from('10.0.0.9'));
  await using refused = await knock(pod.url, from('10.0.0.9'));
  expect(await refused.closed).toEqual({ code: 4003, reason: 'try-later' });
  await using _elsewhere = await knock(pod.url, from('10.0.0.10'));
  await one[Symbol.asyncDispose]();
  await until(async () => {
    await using again = await knock(pod.url, from('10.0.0.9'));
    again.say({ type: 'ping' });
    const told = again.see('pong').catch(() => undefined);
    return await Promise.race([told, again.closed.then(() => false)]);
  });
});

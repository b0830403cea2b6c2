import { signedIn, testClock, testPlatform, until } from '@parley/common/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { announce, Conversations, config, startPod, stored } from './cast.ts';
import { connect, knock } from './device.ts';

const platform = testPlatform();
const conversations = new Conversations();
let one: Awaited<ReturnType<typeof startPod>>;
beforeAll(async () => {
  one = await startPod(platform, conversations);
});
afterAll(() => platform[Symbol.asyncDispose]());

test('when a session ends its sockets close for good, and those of the same person stay', async () => {
  const phone = signedIn();
  const laptop = signedIn({ userId: phone.userId });
  await using phones = await connect(one.url, phone);
  await using laptops = await connect(one.url, laptop);
  const at = new Date().toISOString();
  await one.world.bus.publish('session.ended', { userId: phone.userId, number: 3, sessionIds: [phone.sessionId], reason: 'revoked', at });
  expect(await phones.closed).toEqual({ code: 4501, reason: 'session-ended' });
  laptops.say({ type: 'ping' });
  await laptops.see('pong');
});

test('a pod that stops tells its devices to move, and serves them until they have', async () => {
  const clock = testClock();
  const leaving = await startPod(platform, conversations, { clock }, config({ drainSeconds: 10 }));
  const [ann, ben] = [signedIn({ clock }), signedIn({ clock })];
  await using device = await connect(leaving.url, ann);
  const stopped = leaving[Symbol.asyncDispose]();
  await device.see('move');
  await announce(one, 'message.stored', stored(ben.userId, ann.userId));
  await device.see('notice');
  await until(() => {
    clock.advance(1_000);
    return device.socket.readyState === device.socket.CLOSED;
  });
  expect(await device.closed).toEqual({ code: 4000, reason: 'going-away' });
  await stopped;
});

test('what is no frame closes the socket, what is not known does not, and watching is bounded', async () => {
  await using device = await connect(one.url, signedIn());
  device.socket.send('{"type":"sing"}');
  expect(await device.see('error')).toMatchObject({ code: 'unknown-frame' });
  device.say({ type: 'watch', userIds: Array.from({ length: 201 }, () => signedIn().userId), people: false });
  await device.see('error', ({ code }) => code === 'invalid-input');
  device.socket.send('not a frame');
  expect(await device.closed).toEqual({ code: 4502, reason: 'bad-frame' });
});

test('without a valid session a cookie opens nothing', async () => {
  await using device = await knock(one.url, { cookie: 'parley_access=forged' });
  expect(await device.closed).toEqual({ code: 4004, reason: 'token-expired' });
});

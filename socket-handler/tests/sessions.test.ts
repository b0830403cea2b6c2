import { authRoutes, closeCodes, ParleyError, type Route } from '@parley/common/contracts';
import type { Ask } from '@parley/common/server';
import { fetchTestKeys, signedIn, testClock, testPlatform } from '@parley/common/testing';
import { expect, test } from 'vitest';
import { connect, knock } from './client.ts';
import { startPod } from './pods.ts';

const ended = { code: closeCodes['session-ended'].code, reason: 'session-ended' };

test('when a session ends, its sockets close on every pod and no other does', async () => {
  await using platform = testPlatform();
  const [one, other] = [await startPod(platform), await startPod(platform)];
  const alice = signedIn();
  const elsewhere = signedIn({ userId: alice.userId });
  await using first = await connect(one.url, alice);
  await using second = await connect(other.url, alice);
  await using spared = await connect(other.url, elsewhere);
  const { world } = await platform.world('socket-handler');

  await world.bus.publish('session.ended', {
    userId: alice.userId,
    number: 7,
    sessionIds: [alice.sessionId],
    reason: 'revoked',
    at: new Date().toISOString(),
  });

  expect(await first.closed).toEqual(ended);
  expect(await second.closed).toEqual(ended);
  for (const pod of [one, other]) {
    const again = await knock(pod.url, alice);
    expect((await again.closed).reason).not.toBe('');
    expect(again.frames).toEqual([]);
  }
  spared.say({ type: 'ping' });
  await spared.see('pong');
});

test('a session that ended unheard is found by asking auth', async () => {
  await using platform = testPlatform();
  const [gone, here] = [signedIn(), signedIn()];
  let over: string[] = [];
  const ask = (async (route: Route) => {
    if (route === authRoutes.checkSessions) return { ended: over };
    return { keys: await fetchTestKeys() };
  }) as unknown as Ask;
  const { url } = await startPod(platform, { sessionCheckSeconds: 0.01 }, { ask });
  await using going = await connect(url, gone);
  await using staying = await connect(url, here);

  over = [gone.sessionId];

  expect(await going.closed).toEqual(ended);
  staying.say({ type: 'ping' });
  await staying.see('pong');
});

test('[D8] a pod that never heard of the end of a session, with a cache that doesn’t know of it either, asks auth before it lets anybody in', async () => {
  await using platform = testPlatform();
  const [gone, here] = [signedIn(), signedIn()];
  const ask = (async (route: Route) => {
    if (route === authRoutes.checkSessions) return { ended: [gone.sessionId] };
    return { keys: await fetchTestKeys() };
  }) as unknown as Ask;
  const { url } = await startPod(platform, {}, { ask });
  const refused = await knock(url, gone);
  expect((await refused.closed).reason).toBe('token-expired');
  expect(refused.frames).toEqual([]);
  await using _ = await connect(url, here);
});

test('sockets that were let in while auth was away are asked for as soon as it is back', async () => {
  await using platform = testPlatform();
  const clock = testClock();
  const gone = signedIn({ clock });
  let away = true;
  const ask = (async (route: Route) => {
    if (route === authRoutes.keys) return { keys: await fetchTestKeys() };
    if (away) throw new ParleyError('unavailable');
    return { ended: [gone.sessionId] };
  }) as unknown as Ask;
  const { url } = await startPod(platform, {}, { ask, clock });
  await using client = await connect(url, gone);
  away = false;
  clock.advance(15_000);
  expect(await client.closed).toEqual(ended);
});

test('a socket outlives the token it was opened with', async () => {
  await using platform = testPlatform();
  const clock = testClock();
  const { url } = await startPod(platform, {}, { clock });
  const alice = signedIn({ clock, seconds: 60 });
  await using client = await connect(url, alice);
  clock.advance(61_000);
  expect((await (await knock(url, alice)).closed).reason).toBe('token-expired');
  client.say({ type: 'ping' });
  await client.see('pong');
});

import type { IncomingMessage } from 'node:http';
import { uuidv7 } from '@parley/common/contracts';
import { endedKey, openSessions } from '@parley/common/server';
import { fetchTestKeys, signedIn, testClock, testPlatform, until } from '@parley/common/testing';
import { afterAll, describe, expect, test } from 'vitest';

const platform = testPlatform();
afterAll(() => platform[Symbol.asyncDispose]());

const asking = ({ cookie }: { cookie: string }) => ({ headers: { cookie } }) as IncomingMessage;
const ending = (userId: string, sessionIds: string[]) =>
  ({ userId, number: 1, sessionIds, reason: 'revoked', at: new Date().toISOString() }) as const;

test('a session is believed until it is heard to have ended', async () => {
  await using place = await platform.world('socket-handler');
  await using sessions = await openSessions(place.world, 'socket-handler', { fetchKeys: fetchTestKeys });
  const alice = signedIn();
  expect(await sessions.authenticate(asking(alice))).toMatchObject({ userId: alice.userId, sessionId: alice.sessionId });
  await place.world.bus.publish('session.ended', ending(alice.userId, [alice.sessionId]));
  await until(() => sessions.hasEnded(alice.sessionId));
  await expect(sessions.authenticate(asking(alice))).rejects.toMatchObject({ code: 'signed-out' });
  expect(await sessions.authenticate(asking(signedIn({ userId: alice.userId })))).toMatchObject({ userId: alice.userId });
});

test('a pod that started later learns from the cache which sessions had ended', async () => {
  await using place = await platform.world('socket-handler');
  const alice = signedIn();
  await place.world.cache.set(endedKey(alice.sessionId), '1', 600);
  await using sessions = await openSessions(place.world, 'socket-handler', { fetchKeys: fetchTestKeys });
  await expect(sessions.authenticate(asking(alice))).rejects.toMatchObject({ code: 'signed-out' });
});

test('what was believed of a session is asked again after endings may have been missed', async () => {
  await using place = await platform.world('socket-handler');
  await using sessions = await openSessions(place.world, 'socket-handler', { fetchKeys: fetchTestKeys, askEnded: async () => [] });
  const alice = signedIn();
  await sessions.authenticate(asking(alice));
  await place.world.cache.set(endedKey(alice.sessionId), '1', 600);
  await sessions.authenticate(asking(alice));
  sessions.doubt();
  await expect(sessions.authenticate(asking(alice))).rejects.toMatchObject({ code: 'signed-out' });
});

/** Auth, as far as its internal route goes. */
function askedOf(answer: (sessionIds: readonly string[]) => Promise<readonly string[]>) {
  const questions: (readonly string[])[] = [];
  const askEnded = async (sessionIds: readonly string[]) => {
    questions.push(sessionIds);
    return answer(sessionIds);
  };
  return { questions, options: { fetchKeys: fetchTestKeys, askEnded } };
}

describe('[D8] the cache may be empty: a pod that meets a session asks auth whether it goes on', () => {
  test('one that is over is refused, and one that goes on is asked for once, whatever its tokens', async () => {
    await using place = await platform.world('socket-handler');
    const [here, gone] = [signedIn(), signedIn()];
    const { questions, options } = askedOf(async (ids) => ids.filter((id) => id === gone.sessionId));
    await using sessions = await openSessions(place.world, 'socket-handler', options);
    for (const { sessionId, userId } of [here, here, here]) await sessions.authenticate(asking(signedIn({ sessionId, userId })));
    for (let time = 0; time < 3; time++) await expect(sessions.authenticate(asking(gone))).rejects.toMatchObject({ code: 'signed-out' });
    expect(questions).toEqual([[here.sessionId], [gone.sessionId]]);
    sessions.doubt();
    await sessions.authenticate(asking(here));
    expect(questions).toHaveLength(3);
  });

  test('a crowd that comes back at once is a few questions', async () => {
    await using place = await platform.world('socket-handler');
    const crowd = Array.from({ length: 3_000 }, () => signedIn());
    const over = new Set(crowd.filter((_, index) => index % 3 === 0).map(({ sessionId }) => sessionId));
    const { questions, options } = askedOf(async (ids) => ids.filter((id) => over.has(id)));
    await using sessions = await openSessions(place.world, 'socket-handler', options);
    await sessions.refreshKeys();
    const answers = await Promise.allSettled(crowd.map((one) => sessions.authenticate(asking(one))));
    expect(answers.map(({ status }) => status === 'rejected')).toEqual(crowd.map(({ sessionId }) => over.has(sessionId)));
    expect(questions.length).toBeLessThan(20);
  });

  test.each([
    ['refuses to answer', () => Promise.reject(new Error('away'))],
    ['hangs', () => new Promise<never>(() => {})],
  ])('while auth %s sessions go on, and are asked for again when it is back', async (_, failing) => {
    const clock = testClock();
    await using place = await platform.world('socket-handler', { clock });
    const alice = signedIn({ clock });
    let away = true;
    const { questions, options } = askedOf(async (ids) => (away ? failing() : ids));
    let unknown = 0;
    await using sessions = await openSessions(place.world, 'socket-handler', { ...options, onUnknown: () => (unknown += 1) });
    const first = sessions.authenticate(asking(alice));
    await until(() => questions.length === 1);
    clock.advance(1_000);
    expect(await first).toMatchObject({ userId: alice.userId });
    for (let time = 0; time < 5; time++) await sessions.authenticate(asking(signedIn({ clock })));
    expect([questions.length, unknown]).toEqual([1, 1]);
    away = false;
    clock.advance(2_000);
    await expect(sessions.authenticate(asking(alice))).rejects.toMatchObject({ code: 'signed-out' });
  });

  test('what auth said before endings may have been missed is not relied on afterwards', async () => {
    await using place = await platform.world('socket-handler');
    const alice = signedIn();
    const early = Promise.withResolvers<readonly string[]>();
    const { questions, options } = askedOf(async (ids) => (questions.length === 1 ? early.promise : ids));
    await using sessions = await openSessions(place.world, 'socket-handler', options);
    const first = sessions.authenticate(asking(alice));
    await until(() => questions.length === 1);
    sessions.doubt();
    early.resolve([]);
    await first;
    await expect(sessions.authenticate(asking(alice))).rejects.toMatchObject({ code: 'signed-out' });
  });
});

test('a token is refused when its time is over, also one that is known already', async () => {
  const clock = testClock();
  await using place = await platform.world('socket-handler', { clock });
  await using sessions = await openSessions(place.world, 'socket-handler', { fetchKeys: fetchTestKeys });
  const alice = signedIn({ clock, seconds: 60 });
  await sessions.authenticate(asking(alice));
  clock.advance(60_000);
  await expect(sessions.authenticate(asking(alice))).rejects.toMatchObject({ code: 'signed-out' });
});

test.each([
  ['no cookie', ''],
  ['an empty cookie', 'parley_access='],
  ['no token at all', 'parley_access=nonsense'],
  [
    'a token of no algorithm',
    `parley_access=${[{ alg: 'none', kid: 'x' }, { sub: uuidv7() }].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`,
  ],
])('%s is signed out, not an error', async (_, cookie) => {
  await using place = await platform.world('socket-handler');
  await using sessions = await openSessions(place.world, 'socket-handler', { fetchKeys: fetchTestKeys });
  await expect(sessions.authenticate(asking({ cookie }))).rejects.toMatchObject({ code: 'signed-out' });
});

test('while auth never gave its keys nobody is told to be signed out, and once it did they are kept', async () => {
  const clock = testClock();
  await using place = await platform.world('socket-handler', { clock });
  let away = true;
  const fetchKeys = async () => {
    if (away) throw new Error('away');
    return fetchTestKeys();
  };
  await using sessions = await openSessions(place.world, 'socket-handler', { fetchKeys });
  const alice = signedIn({ clock });
  for (let time = 0; time < 3; time++) await expect(sessions.authenticate(asking(alice))).rejects.toMatchObject({ code: 'unavailable' });
  away = false;
  clock.advance(1_000);
  await sessions.authenticate(asking(alice));
  away = true;
  await sessions.authenticate(asking(signedIn({ clock })));
  clock.advance(3_600_000);
  await sessions.authenticate(asking(signedIn({ clock })));
});

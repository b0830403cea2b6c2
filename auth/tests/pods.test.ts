import type { IncomingMessage } from 'node:http';
import { authRoutes, type EventData } from '@parley/common/contracts';
import { endedKey, openSessions } from '@parley/common/server';
import { testPlatform, until, type Visitor, visitor } from '@parley/common/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { again, auth, member, someone } from './cast.ts';

const platform = testPlatform();
afterAll(() => platform[Symbol.asyncDispose]());
const [here, there] = [await auth(platform), await auth(platform)];

/** The same browser, led to another pod. */
const at = (url: string, browser: Visitor) =>
  visitor(url, { cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ') });
const isRefusedAt = (url: string, browser: Visitor) =>
  until(() =>
    at(url, browser)
      .call(authRoutes.me, {})
      .then(
        () => false,
        ({ code }) => code === 'signed-out',
      ),
  );

test('any pod serves any session', async () => {
  const browser = await member(here.url);
  const led = at(there.url, browser);
  expect(await led.call(authRoutes.me, {})).toEqual(await browser.call(authRoutes.me, {}));
  await led.call(authRoutes.refresh, {});
  await at(here.url, led).call(authRoutes.refresh, {});
});

describe('[D8] a token of a session that ended is refused by the other pod too', () => {
  test.each([
    ['signing out', (browser: Visitor) => browser.call(authRoutes.signOut, {})],
    [
      'revoking it from another device',
      async (browser: Visitor, other: Visitor) =>
        other.call(authRoutes.revokeSession, { sessionId: (await browser.call(authRoutes.me, {})).sessionId }),
    ],
    ['revoking all others', (_: Visitor, other: Visitor) => other.call(authRoutes.revokeOtherSessions, {})],
    [
      'changing the password',
      (_: Visitor, other: Visitor, current: string) => other.call(authRoutes.changePassword, { current, next: 'another rabbit hole' }),
    ],
    ['deleting the account', (_: Visitor, other: Visitor, password: string) => other.call(authRoutes.deleteAccount, { password })],
  ])('%s', async (_, end) => {
    const person = someone();
    const browser = await member(here.url, person);
    const held = at(there.url, browser);
    await held.call(authRoutes.me, {});
    await end(browser, await again(here.url, person), person.password);
    await isRefusedAt(there.url, held);
  });
});

test('a pod that starts later refuses it as well', async () => {
  const browser = await member(here.url);
  const held = at(there.url, browser);
  const { sessionId } = await browser.call(authRoutes.me, {});
  await browser.call(authRoutes.signOut, {});
  await until(async () => (await here.world.cache.get(endedKey(sessionId))) !== undefined);
  const late = await auth(platform);
  await isRefusedAt(late.url, held);
  await late[Symbol.asyncDispose]();
});

describe('[D8] a pod that starts later, with a cache that is empty by then,', () => {
  /** Somebody with two devices, of which one is revoked and nobody but auth's table knows it any more. */
  const revoked = async () => {
    const person = someone();
    const owner = await member(here.url, person);
    const lost = await again(here.url, person);
    const { sessionId } = await lost.call(authRoutes.me, {});
    await owner.call(authRoutes.revokeOtherSessions, {});
    await until(async () => (await here.world.cache.get(endedKey(sessionId))) !== undefined);
    await here.world.cache.delete(endedKey(sessionId));
    return { person, owner, lost };
  };

  test('refuses what a revoked token asks for, and serves the owner', async () => {
    const { person, owner, lost } = await revoked();
    const late = await auth(platform);
    const led = at(late.url, lost);
    const refused = { code: 'signed-out', status: 401 };
    await expect(led.call(authRoutes.me, {})).rejects.toMatchObject(refused);
    await expect(led.call(authRoutes.listSessions, {})).rejects.toMatchObject(refused);
    await expect(led.call(authRoutes.exportAccount, {})).rejects.toMatchObject(refused);
    await expect(led.call(authRoutes.revokeOtherSessions, {})).rejects.toMatchObject(refused);
    await expect(led.call(authRoutes.deleteAccount, { password: person.password })).rejects.toMatchObject(refused);
    await at(late.url, owner).call(authRoutes.me, {});
    await late[Symbol.asyncDispose]();
  });

  test('and so does every other service', async () => {
    const { owner, lost } = await revoked();
    const late = await auth(platform);
    const reader = await platform.world('users');
    await using sessions = await openSessions(reader.world, 'users');
    const asking = ({ cookies }: Visitor) =>
      ({ headers: { cookie: `parley_access=${cookies.get('parley_access')}` } }) as unknown as IncomingMessage;
    await expect(sessions.authenticate(asking(lost))).rejects.toMatchObject({ code: 'signed-out' });
    await sessions.authenticate(asking(owner));
    await reader[Symbol.asyncDispose]();
    await late[Symbol.asyncDispose]();
  });
});

describe('[D8] a pod that believes a session still, for it can’t have heard of the end,', () => {
  test.each([
    ['ends no other session', (led: Visitor) => led.call(authRoutes.revokeOtherSessions, {})],
    [
      'ends none by its id',
      async (led: Visitor, _: string, owner: Visitor) =>
        led.call(authRoutes.revokeSession, { sessionId: (await owner.call(authRoutes.me, {})).sessionId }),
    ],
    ['gives out no export', (led: Visitor) => led.call(authRoutes.exportAccount, {})],
    [
      'changes no password',
      (led: Visitor, current: string) => led.call(authRoutes.changePassword, { current, next: 'another rabbit hole' }),
    ],
    ['deletes no account', (led: Visitor, password: string) => led.call(authRoutes.deleteAccount, { password })],
  ])('%s', async (_, attempt) => {
    const person = someone();
    const owner = await member(here.url, person);
    const lost = at(there.url, await again(here.url, person));
    const { sessionId } = await lost.call(authRoutes.me, {});
    // As if it had ended a moment ago: committed, and not told yet.
    await here.world.database.query('DELETE FROM sessions WHERE id = $1', [sessionId]);
    await expect(attempt(lost, person.password, owner)).rejects.toMatchObject({ code: 'signed-out', status: 401 });
    expect((await owner.call(authRoutes.listSessions, {})).sessions).toHaveLength(1);
  });
});

test('hearing of an ending twice, or of one that nobody knows, changes nothing', async () => {
  const browser = await member(here.url);
  const { userId, sessionId } = await browser.call(authRoutes.me, {});
  await browser.call(authRoutes.signOut, {});
  const ended: EventData<'session.ended'> = {
    userId,
    number: 3,
    sessionIds: [sessionId, '00000000-0000-7000-8000-000000000000'],
    reason: 'signed-out',
    at: new Date().toISOString(),
  };
  await here.world.bus.publish('session.ended', ended);
  await here.world.bus.publish('session.ended', ended);
  const next = await member(there.url);
  await at(here.url, next).call(authRoutes.me, {});
  await isRefusedAt(there.url, browser);
});

test('twenty refreshes over two pods end in one session', async () => {
  const browser = await member(here.url);
  const tabs = Array.from({ length: 20 }, (_, index) => at(index % 2 ? here.url : there.url, browser));
  await Promise.all(tabs.map((tab) => tab.call(authRoutes.refresh, {})));
  expect(new Set(tabs.map(({ cookies }) => cookies.get('parley_refresh'))).size).toBe(1);
});

test('twenty sign-ups for one name over two pods make one account', async () => {
  const { userName } = someone();
  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, (_, index) => member(index % 2 ? here.url : there.url, someone({ userName }))),
  );
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

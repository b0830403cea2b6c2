import { authRoutes, type EventData } from '@parley/common/contracts';
import { call, testClock, testPlatform, until, type Visitor, visitor } from '@parley/common/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { ABSOLUTE_MS, IDLE_MS } from '../src/sessions.ts';
import { again, auth, member, someone } from './cast.ts';

const platform = testPlatform();
afterAll(() => platform[Symbol.asyncDispose]());
const clock = testClock();
const { url, world } = await auth(platform, {}, { clock });
const DAY_MS = 24 * 60 * 60_000;

const ended: EventData<'session.ended'>[] = [];
const listener = await platform.world('users');
await listener.world.bus.hear({
  kind: 'shared',
  queue: 'test-listener',
  names: ['session.ended'],
  handle: async (batch) => void ended.push(...batch.map(({ data }) => data)),
});
const endingOf = (sessionId: string) => until(() => ended.find(({ sessionIds }) => sessionIds.includes(sessionId)));

const refreshCookie = (browser: Visitor) => browser.cookies.get('parley_refresh') ?? '';
/** The same browser, as it was: what a second tab, or a thief, holds. */
const copyOf = (browser: Visitor) => visitor(url, { cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ') });
const refresh = (browser: Visitor) => browser.call(authRoutes.refresh, {});
const isSignedOut = (browser: Visitor) => expect(refresh(browser)).rejects.toMatchObject({ code: 'signed-out', status: 401 });

describe('refreshing', () => {
  test('gives the next pair of tokens, and says who one is', async () => {
    const browser = await member(url);
    const before = await browser.call(authRoutes.me, {});
    const [access, token] = [...browser.cookies.values()];
    clock.advance(1_000);
    expect(await refresh(browser)).toEqual(before);
    expect(browser.cookies.get('parley_access')).not.toBe(access);
    expect(refreshCookie(browser)).not.toBe(token);
  });

  test('an access token is good for ten minutes and no longer', async () => {
    const browser = await member(url);
    clock.advance(599_000);
    await browser.call(authRoutes.me, {});
    clock.advance(2_000);
    await expect(browser.call(authRoutes.me, {})).rejects.toMatchObject({ code: 'signed-out' });
    await refresh(browser);
    await browser.call(authRoutes.me, {});
  });

  test('an answer that was lost is given again, the very same, until it is used', async () => {
    const browser = await member(url);
    const lost = copyOf(browser);
    await refresh(browser);
    for (let repeat = 0; repeat < 3; repeat += 1) {
      const retry = copyOf(lost);
      await refresh(retry);
      expect(refreshCookie(retry)).toBe(refreshCookie(browser));
    }
    await refresh(browser);
    await browser.call(authRoutes.me, {});
  });

  test('twenty tabs at once end in one session, and none of them is signed out', async () => {
    const browser = await member(url);
    const tabs = Array.from({ length: 20 }, () => copyOf(browser));
    await Promise.all(tabs.map(refresh));
    expect(new Set(tabs.map(refreshCookie)).size).toBe(1);
    const [tab] = tabs as [Visitor];
    await refresh(tab);
    expect((await tab.call(authRoutes.listSessions, {})).sessions).toHaveLength(1);
  });

  test('with a token older than the previous one ends the session for everybody who holds it', async () => {
    const browser = await member(url);
    const { sessionId, userId } = await browser.call(authRoutes.me, {});
    const thief = copyOf(browser);
    await refresh(browser);
    await refresh(browser);
    await isSignedOut(thief);
    expect(thief.cookies.size).toBe(0);
    await isSignedOut(browser);
    await expect(browser.call(authRoutes.me, {})).rejects.toMatchObject({ code: 'signed-out' });
    expect(await endingOf(sessionId)).toMatchObject({ userId, sessionIds: [sessionId], reason: 'token-reused' });
  });

  test('also when the stolen token is very old', async () => {
    const browser = await member(url);
    const thief = copyOf(browser);
    for (let times = 0; times < 10; times += 1) await refresh(browser);
    await isSignedOut(thief);
    await isSignedOut(browser);
  });

  test('with an invented token ends nothing', async () => {
    const browser = await member(url);
    const token = refreshCookie(browser);
    const flipped = (token.startsWith('A') ? 'B' : 'A') + token.slice(1);
    for (const invented of ['', 'x', flipped, token.slice(0, 70) + 'A'.repeat(21), 'A'.repeat(91)]) {
      await isSignedOut(visitor(url, { cookie: `parley_refresh=${invented}` }));
    }
    await refresh(browser);
  });

  test('needs a page of ours', async () => {
    const browser = await member(url);
    for (const origin of ['https://evil.example', null]) {
      const other = visitor(url, { origin, cookie: `parley_refresh=${refreshCookie(browser)}` });
      await expect(refresh(other)).rejects.toMatchObject({ code: 'origin-refused' });
    }
    await refresh(browser);
  });

  test('keeps a session alive, but not for ever', async () => {
    const browser = await member(url);
    for (let passed = 0; passed + IDLE_MS <= ABSOLUTE_MS; passed += IDLE_MS - DAY_MS) {
      await refresh(browser);
      clock.advance(IDLE_MS - DAY_MS);
    }
    clock.advance(IDLE_MS - DAY_MS);
    await isSignedOut(browser);
  });

  test('a session that nobody used for long is over', async () => {
    const browser = await member(url);
    const { sessionId } = await browser.call(authRoutes.me, {});
    clock.advance(IDLE_MS);
    await isSignedOut(browser);
    expect(await call(url, authRoutes.checkSessions, { sessionIds: [sessionId] })).toEqual({ ended: [sessionId] });
  });

  test('what is kept is a hash of the newest token alone', async () => {
    const browser = await member(url);
    await refresh(browser);
    const { rows } = await world.database.query('SELECT * FROM sessions');
    const token = Buffer.from(refreshCookie(browser), 'base64url');
    for (const row of rows) expect(token.includes(row.refresh_hash)).toBe(false);
  });
});

describe('the list of sessions', () => {
  test('names every device, this one marked, last used first', async () => {
    const person = someone();
    const laptop = await member(url, person);
    clock.advance(60_000);
    const phone = await again(url, person, 'Zoë’s phone');
    clock.advance(60_000);
    const desktop = visitor(url, { headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0' } });
    await desktop.call(authRoutes.signIn, { login: person.userName, password: person.password });
    clock.advance(60_000);
    await refresh(laptop);

    const { sessions } = await phone.call(authRoutes.listSessions, {});
    expect(sessions.map(({ deviceName, current }) => [deviceName, current])).toEqual([
      ['Unknown device', false],
      ['Firefox on Linux', false],
      ['Zoë’s phone', true],
    ]);
    const [first] = sessions;
    expect(first?.address).toBe('127.0.0.1');
    expect(Date.parse(first?.lastUsedAt ?? '') - Date.parse(first?.createdAt ?? '')).toBe(180_000);
  });

  test('holds fifty at the most; the one unused for longest ends', async () => {
    const person = someone();
    const first = await member(url, person);
    const { userId } = await first.call(authRoutes.me, {});
    await world.database.query(
      `INSERT INTO sessions (id, account_id, device_name, created_at, last_used_at, generation, refresh_hash)
       SELECT gen_random_uuid(), $1, 'filler', $2, $2, 1, sha256('filler') FROM generate_series(1, 49)`,
      [userId, new Date(clock.now() + 1_000)],
    );
    clock.advance(60_000);
    const last = await again(url, person);
    expect((await last.call(authRoutes.listSessions, {})).sessions).toHaveLength(50);
    await isSignedOut(first);
  });
});

describe('ending', () => {
  test('signing out ends the session at once, and twice is no error', async () => {
    const browser = await member(url);
    const { sessionId, userId } = await browser.call(authRoutes.me, {});
    const copy = copyOf(browser);
    await browser.call(authRoutes.signOut, {});
    expect(browser.cookies.size).toBe(0);
    expect(browser.last?.status).toBe(204);
    await browser.call(authRoutes.signOut, {});
    await copy.call(authRoutes.signOut, {});
    await expect(copy.call(authRoutes.me, {})).rejects.toMatchObject({ code: 'signed-out' });
    expect(await endingOf(sessionId)).toMatchObject({ userId, reason: 'signed-out' });
    expect(ended.filter(({ sessionIds }) => sessionIds.includes(sessionId))).toHaveLength(1);
  });

  test('signing out works with whichever token is left', async () => {
    for (const name of ['parley_access', 'parley_refresh']) {
      const browser = await member(url);
      const copy = copyOf(browser);
      const left = visitor(url, { cookie: `${name}=${browser.cookies.get(name)}` });
      await left.call(authRoutes.signOut, {});
      await isSignedOut(copy);
    }
  });

  test('one of my devices', async () => {
    const person = someone();
    const laptop = await member(url, person);
    const phone = await again(url, person);
    const { sessionId } = await phone.call(authRoutes.me, {});
    await laptop.call(authRoutes.revokeSession, { sessionId });
    await expect(phone.call(authRoutes.me, {})).rejects.toMatchObject({ code: 'signed-out' });
    await isSignedOut(phone);
    await laptop.call(authRoutes.me, {});
    expect(await endingOf(sessionId)).toMatchObject({ reason: 'revoked' });
    await expect(laptop.call(authRoutes.revokeSession, { sessionId })).rejects.toMatchObject({ code: 'not-found' });
  });

  test('[D8] never one of somebody else', async () => {
    const [mallory, victim] = [await member(url), await member(url)];
    const { sessionId } = await victim.call(authRoutes.me, {});
    await expect(mallory.call(authRoutes.revokeSession, { sessionId })).rejects.toMatchObject({ code: 'not-found' });
    await expect(mallory.call(authRoutes.revokeSession, { sessionId: 'x' })).rejects.toMatchObject({ code: 'invalid-input' });
    await victim.call(authRoutes.me, {});
  });

  test('all my other devices', async () => {
    const person = someone();
    const laptop = await member(url, person);
    const others = await Promise.all([1, 2, 3].map(() => again(url, person)));
    expect(await laptop.call(authRoutes.revokeOtherSessions, {})).toEqual({ ended: 3 });
    for (const other of others) await isSignedOut(other);
    await laptop.call(authRoutes.me, {});
    expect(await laptop.call(authRoutes.revokeOtherSessions, {})).toEqual({ ended: 0 });
  });

  test('is what pods hear when they ask about their sockets', async () => {
    const [staying, leaving] = [await member(url), await member(url)];
    const ids = await Promise.all([staying, leaving].map(async (browser) => (await browser.call(authRoutes.me, {})).sessionId));
    await leaving.call(authRoutes.signOut, {});
    const unknown = '00000000-0000-7000-8000-000000000000';
    expect(await call(url, authRoutes.checkSessions, { sessionIds: [...ids, unknown] })).toEqual({ ended: [ids[1], unknown] });
    expect(await call(url, authRoutes.checkSessions, { sessionIds: [] })).toEqual({ ended: [] });
  });
});

describe('without a session', () => {
  const routes = [authRoutes.me, authRoutes.listSessions, authRoutes.revokeOtherSessions, authRoutes.exportAccount];

  test.each(routes.map((route) => [route.method, route.path, route] as const))('%s %s is refused', async (_method, _path, route) => {
    const broken = ['', 'parley_access=x', `parley_access=${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`];
    for (const cookie of broken) await expect(call(url, route, {}, { cookie })).rejects.toMatchObject({ code: 'signed-out', status: 401 });
  });
});

import { authRoutes } from '@parley/common/contracts';
import { call, testPlatform, visitor } from '@parley/common/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { createPasswordHashes } from '../src/password-hashes.ts';
import { auth, config, member, someone } from './cast.ts';

const platform = testPlatform();
afterAll(() => platform[Symbol.asyncDispose]());
const { url, world } = await auth(platform);
const person = someone({ userName: 'Zoë.W', email: 'Zoe@Example.org' });
await member(url, person);

const signIn = (login: string, password = person.password) => visitor(url).call(authRoutes.signIn, { login, password });

test.each(['Zoë.W', 'zoë.w', ' ZOË.W ', 'z0ë.vv', 'zoe\u0308.w', 'Zoe@Example.org', 'zoe@example.ORG'])('%s signs in', async (login) => {
  expect(await signIn(login)).toMatchObject({ userName: 'Zoë.W', email: 'Zoe@Example.org' });
});

describe('is refused alike', () => {
  test.each([
    ['a wrong password', 'zoë.w', 'wrong password'],
    ['a name that nobody has', 'nobody.here', person.password],
    ['an address that nobody has', 'nobody@example.org', person.password],
    ['what is no name at all', 'no\0name @ all', person.password],
    ['a broken character', '\ud800\ud800\ud800', person.password],
  ])('%s', async (_, login, password) => {
    const browser = visitor(url);
    const refused = await browser.call(authRoutes.signIn, { login, password }).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'wrong-credentials',
      status: 401,
      message: expect.stringContaining('The name or the password is not right.'),
    });
    expect(browser.cookies.size).toBe(0);
  });
});

test('the same password from another keyboard is the same', async () => {
  const other = someone({ password: 'cafe\u0301\u00a0noir au lait' });
  await member(url, other);
  await call(url, authRoutes.signIn, { login: other.userName, password: 'café noir au lait' });
});

test('cookies are kept from scripts, from other sites, and from connections that anyone can read', async () => {
  const browser = visitor(url);
  await browser.call(authRoutes.signIn, { login: person.userName, password: person.password });
  const [access = '', refresh = ''] = browser.last?.headers.getSetCookie() ?? [];
  expect(access).toMatch(/^parley_access=[\w.-]+; Max-Age=600; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/);
  expect(refresh).toMatch(
    /^parley_refresh=[\w-]{91}; Max-Age=2592000; Path=\/api\/auth; Expires=[^;]+; HttpOnly; Secure; SameSite=Strict$/,
  );
});

test('on this machine alone cookies go without HTTPS, whatever a request says', async () => {
  const pods = await Promise.all(
    [
      ['http://localhost:3000', 'http://127.0.0.1:3000'],
      ['http://localhost:3000', 'http://192.168.0.7:3000'],
    ].map((allowedOrigins) => auth(platform, { allowedOrigins })),
  );
  const headers = { 'x-forwarded-proto': 'http', forwarded: 'proto=http' };
  const cookies = await Promise.all(
    pods.map(async (pod) => {
      const browser = visitor(pod.url, { origin: 'http://localhost:3000', headers });
      await browser.call(authRoutes.signIn, { login: person.userName, password: person.password });
      return browser.last?.headers.getSetCookie().join() ?? '';
    }),
  );
  expect(cookies[0]).not.toContain('Secure');
  expect(cookies[1]).toContain('Secure');
  for (const pod of pods) await pod[Symbol.asyncDispose]();
});

describe('a page of somebody else', () => {
  const body = JSON.stringify({ login: person.userName, password: person.password });
  const post = (headers: Record<string, string>) =>
    fetch(new URL('/api/auth/sign-in', url), { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

  test.each(['https://evil.example', 'null', 'https://parley.test.evil.example', 'http://parley.test', 'https://parley.test:8443'])(
    '%s signs nobody in, with or without cookies',
    async (origin) => {
      for (const headers of [{ origin }, { origin, cookie: 'parley_access=x' }] as Record<string, string>[]) {
        const response = await post(headers);
        expect(response.status).toBe(403);
        expect(await response.json()).toMatchObject({ code: 'origin-refused' });
        expect(response.headers.getSetCookie()).toEqual([]);
      }
    },
  );

  test('can not do it with a form', async () => {
    const response = await post({ 'content-type': 'text/plain' });
    expect(await response.json()).toMatchObject({ code: 'unsupported-media' });
  });

  test('a program without cookies and without an origin may', async () => {
    expect((await post({})).status).toBe(200);
  });
});

test('whoever signs in again in one browser leaves no session behind that nobody can end', async () => {
  const again = someone();
  const browser = await member(url, again);
  const { sessionId: before } = await browser.call(authRoutes.me, {});
  await browser.call(authRoutes.signIn, { login: again.userName, password: again.password });
  const { sessions } = await browser.call(authRoutes.listSessions, {});
  expect(sessions.map(({ sessionId }) => sessionId)).not.toContain(before);
  expect(sessions).toHaveLength(1);
});

test('how often which door says no is counted', async () => {
  await signIn('zoë.w', 'wrong').catch(() => {});
  expect(await world.metrics.metrics()).toMatch(
    /parley_auth_outcomes_total\{route="\/api\/auth\/sign-in",outcome="wrong-credentials"\} [1-9]/,
  );
});

test('a hash made at a lower cost is made anew when its owner signs in', async () => {
  const person = someone();
  await member(url, person);
  const hashes = createPasswordHashes({ memory: 32, passes: 1, parallelism: 1 });
  const outdated = await hashes.hash(person.password);
  await world.database.query('UPDATE accounts SET password_hash = $2 WHERE user_name = $1', [person.userName, outdated]);
  // Several at once: the hash changes under the others, the password does not.
  await Promise.all([1, 2, 3].map(() => call(url, authRoutes.signIn, { login: person.userName, password: person.password })));
  const { rows } = await world.database.query('SELECT password_hash FROM accounts WHERE user_name = $1', [person.userName]);
  expect(rows[0].password_hash).toContain('m=64,t=1,p=1');
  await call(url, authRoutes.signIn, { login: person.userName, password: person.password });
});

test('an access token names who, which session, and by which key', async () => {
  const browser = visitor(url);
  const { userId, sessionId } = await browser.call(authRoutes.signIn, { login: person.userName, password: person.password });
  const [header, claims] = (browser.cookies.get('parley_access') ?? '').split('.').map((part) => Buffer.from(part, 'base64url').toString());
  const { keys } = await browser.call(authRoutes.keys, {});
  expect(JSON.parse(header ?? '')).toEqual({ alg: 'ES256', typ: 'JWT', kid: keys[0]?.kid });
  expect(JSON.parse(claims ?? '')).toEqual({
    iss: 'parley',
    aud: 'parley',
    sub: userId,
    sid: sessionId,
    iat: expect.any(Number),
    exp: expect.any(Number),
  });
  expect(config.secrets.some((secret) => JSON.stringify(keys).includes(secret))).toBe(false);
});

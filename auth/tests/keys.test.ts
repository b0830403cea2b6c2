import { generateKeyPairSync } from 'node:crypto';
import { authRoutes } from '@parley/common/contracts';
import { call, testClock, testLog, testPlatform, visitor } from '@parley/common/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { createSecrets } from '../src/secrets.ts';
import { addKey, openSigningKeys, PUBLISH_AHEAD_MS } from '../src/signing-keys.ts';
import { again, auth, config, member, someone } from './cast.ts';

const stack = new AsyncDisposableStack();
afterAll(() => stack.disposeAsync());
const fresh = () => stack.use(testPlatform());
const secrets = createSecrets(config.secrets);
const MINUTE_MS = 60_000;

const published = async (url: string) => (await call(url, authRoutes.keys, {})).keys.map(({ kid }) => kid);
const signedWith = (cookies: ReadonlyMap<string, string>) =>
  JSON.parse(Buffer.from(cookies.get('parley_access')?.split('.')[0] ?? '', 'base64url').toString()).kid as string;

test('the key set is public and holds public halves alone', async () => {
  const { url } = await auth(fresh());
  const { keys } = await call(url, authRoutes.keys, {}, { origin: null });
  expect(keys).toEqual([
    {
      kty: 'EC',
      crv: 'P-256',
      x: expect.stringMatching(/^[\w-]{43}$/),
      y: expect.stringMatching(/^[\w-]{43}$/),
      kid: expect.stringMatching(/^[\w-]{43}$/),
      use: 'sig',
      alg: 'ES256',
    },
  ]);
});

test('pods that start together on an empty database make one key', async () => {
  const platform = fresh();
  const pods = await Promise.all([1, 2, 3].map(() => auth(platform)));
  const sets = await Promise.all(pods.map(({ url }) => published(url)));
  expect(new Set(sets.flat()).size).toBe(1);
});

test('private halves lie sealed in the database', async () => {
  const { world } = await auth(fresh());
  const { rows } = await world.database.query('SELECT id, sealed FROM signing_keys');
  expect(rows).toHaveLength(1);
  const der = secrets.open(rows[0].sealed, rows[0].id);
  expect(der).toBeDefined();
  expect(rows[0].sealed.includes(der)).toBe(false);
  expect(secrets.open(rows[0].sealed, 'another place')).toBeUndefined();
  expect(createSecrets(['another secret that is long enough'])?.open(rows[0].sealed, rows[0].id)).toBeUndefined();
});

describe('a rotation', () => {
  test('publishes the new key before it signs, and the old one until its last token ran out', async () => {
    const clock = testClock();
    const platform = fresh();
    const { url, world } = await auth(platform, {}, { clock });
    const person = someone();
    const browser = await member(url, person);
    const [old] = await published(url);

    const next = (await addKey(world.database, secrets, clock, 'next'))?.id;
    clock.advance(MINUTE_MS);
    expect(await published(url)).toEqual([next, old]);
    await browser.call(authRoutes.refresh, {});
    expect(signedWith(browser.cookies)).toBe(old);

    clock.advance(PUBLISH_AHEAD_MS - MINUTE_MS - 1);
    const last = await again(url, person);
    expect(signedWith(last.cookies)).toBe(old);
    clock.advance(1);
    expect(signedWith((await again(url, person)).cookies)).toBe(next);
    clock.advance(9 * MINUTE_MS);
    await last.call(authRoutes.me, {});
    expect(await published(url)).toEqual([next, old]);

    clock.advance(2 * MINUTE_MS);
    expect(await published(url)).toEqual([next]);
    await last.call(authRoutes.refresh, {});
  });

  test('at once forgets the old key and what it signed, and signs nobody out for good', async () => {
    const clock = testClock();
    const platform = fresh();
    const { url, world } = await auth(platform, {}, { clock });
    const other = await auth(platform, {}, { clock });
    const browser = await member(url);
    const [old] = await published(url);
    const next = (await addKey(world.database, secrets, clock, 'at-once'))?.id;
    clock.advance(MINUTE_MS);
    expect(await published(url)).toEqual([next]);
    expect(await published(other.url)).toEqual([next]);
    await browser.call(authRoutes.refresh, {});
    expect(signedWith(browser.cookies)).not.toBe(old);
    const elsewhere = visitor(other.url, { cookie: `parley_access=${browser.cookies.get('parley_access')}` });
    await elsewhere.call(authRoutes.me, {});
  });

  test('goes on with the known keys while the database is away, and with none that it can not read', async () => {
    const clock = testClock();
    const { world } = await auth(fresh(), {}, { clock });
    const wrong = { now: undefined as Error | undefined };
    const query = (text: string) => (wrong.now ? Promise.reject(wrong.now) : world.database.query(text));
    const logged: unknown[] = [];
    const keys = await openSigningKeys({
      database: Object.create(world.database, { query: { value: query } }),
      secrets,
      clock,
      log: Object.create(testLog, { error: { value: (entry: unknown) => logged.push(entry) } }),
    });
    const before = await keys.current();

    wrong.now = Object.assign(new Error('nobody there'), { code: 'ECONNREFUSED' });
    clock.advance(2 * MINUTE_MS);
    expect(await keys.current()).toBe(before);
    expect(logged).toEqual([]);

    wrong.now = new Error('sealed by somebody else');
    clock.advance(2 * MINUTE_MS);
    await expect(keys.current()).rejects.toBe(wrong.now);
    expect(logged).toEqual([{ error: wrong.now }]);
    wrong.now = undefined;
    expect((await keys.current()).id).toBe(before.id);
  });

  test.each(['first', 'next', 'at-once'] as const)(
    'that makes a key (%s) with another secret than auth has is refused and changes nothing',
    async (rotation) => {
      const clock = testClock();
      const { url, world } = await auth(fresh(), {}, { clock });
      const before = await published(url);
      const another = createSecrets(['another secret that is long enough']);
      await expect(addKey(world.database, another, clock, rotation)).rejects.toThrow(/AUTH_SECRET/);
      clock.advance(2 * MINUTE_MS);
      expect(await published(url)).toEqual(before);
    },
  );

  test('begins anew where the secret is lost', async () => {
    const clock = testClock();
    const platform = fresh();
    const { world } = await auth(platform, {}, { clock });
    const given = ['another secret that is long enough'];
    const key = await addKey(world.database, createSecrets(given), clock, 'anew');
    const { url } = await auth(platform, { secrets: given }, { clock });
    expect(await published(url)).toEqual([key?.id]);
  });
});

describe('the secret', () => {
  test('of another installation does not start, and the error says what to do', async () => {
    const platform = fresh();
    await auth(platform);
    await expect(auth(platform, { secrets: ['another secret that is long enough'] })).rejects.toThrow(/AUTH_SECRET[\s\S]*rotate-keys/);
  });

  test('is replaced without signing anybody out', async () => {
    const platform = fresh();
    const before = await auth(platform);
    const browser = await member(before.url);
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    await before[Symbol.asyncDispose]();
    const { url } = await auth(platform, { secrets: ['another secret that is long enough', ...config.secrets] });
    const moved = visitor(url, { cookie });
    const lost = visitor(url, { cookie });
    await moved.call(authRoutes.me, {});
    await moved.call(authRoutes.refresh, {});
    await lost.call(authRoutes.refresh, {});
    expect(lost.cookies.get('parley_refresh')).toBe(moved.cookies.get('parley_refresh'));
    await moved.call(authRoutes.refresh, {});
  });
});

describe('keys that are given', () => {
  const pem = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });

  test('are used in place of kept ones: the first signs, all are published', async () => {
    const [first, second] = [pem(), pem()];
    const platform = fresh();
    const { url, world } = await auth(platform, { signingKeys: `${first}\n${second}` });
    const browser = await member(url);
    const ids = await published(url);
    expect(ids).toHaveLength(2);
    expect(signedWith(browser.cookies)).toBe(ids[0]);
    expect((await world.database.query('SELECT 1 FROM signing_keys')).rowCount).toBe(0);

    const rotated = await auth(platform, { signingKeys: `${second}\n${first}` });
    await visitor(rotated.url, { cookie: `parley_access=${browser.cookies.get('parley_access')}` }).call(authRoutes.me, {});
  });

  test.each([
    ['nothing', 'nothing at all'],
    ['another curve', generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
  ])('%s is refused at the start', async (_, signingKeys) => {
    await expect(auth(fresh(), { signingKeys })).rejects.toThrow(/key/);
  });
});

import { authRoutes } from '@parley/common/contracts';
import { call, testClock, testPlatform, visitor } from '@parley/common/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { attemptLimits } from '../src/attempts.ts';
import { auth, config, member, someone } from './cast.ts';

const platform = testPlatform();
afterAll(() => platform[Symbol.asyncDispose]());
const clock = testClock();
const { url } = await auth(
  platform,
  { rateLimitFactor: 1, trustedProxies: ['127.0.0.1'], mail: { url: 'smtp://127.0.0.1:1', from: 'a@b.c' } },
  { clock },
);

let last = 0;
/** An address that nobody used before. */
const somewhere = () => {
  last += 1;
  return { headers: { 'x-forwarded-for': `10.0.${last}.1` } };
};

const outcomes = async (times: number, attempt: () => Promise<unknown>) => {
  const codes: string[] = [];
  for (let done = 0; done < times; done += 1)
    codes.push(
      await attempt().then(
        () => 'done',
        (error: { code: string }) => error.code,
      ),
    );
  return codes;
};

describe('guessing a password', () => {
  const guess = (login: string, from = somewhere()) => call(url, authRoutes.signIn, { login, password: 'a guess' }, from);

  test('from one place ends after some tries, with the time to wait; the owner elsewhere gets in', async () => {
    const person = someone();
    await member(url, person);
    const from = somewhere();
    const { limit } = attemptLimits.signInPerLoginAndAddress;
    expect(await outcomes(limit, () => guess(person.userName, from))).toEqual(Array(limit).fill('wrong-credentials'));
    const browser = visitor(url, from);
    const refused = await browser
      .call(authRoutes.signIn, { login: person.userName, password: person.password })
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'rate-limited', status: 429, retryAfter: expect.any(Number) });
    expect(Number(browser.last?.headers.get('retry-after'))).toBeGreaterThan(0);
    await call(url, authRoutes.signIn, { login: person.userName, password: person.password }, somewhere());

    clock.advance((refused as { retryAfter: number }).retryAfter * 1000);
    await call(url, authRoutes.signIn, { login: person.userName, password: person.password }, from);
  });

  test('is not helped by writing the name in other ways', async () => {
    const from = somewhere();
    const spellings = ['someone.here', 'SOMEONE.here', ' someone.here ', 'ｓｏｍｅｏｎｅ.here', 'sоmeоne.here'];
    const turns = Array.from(
      { length: attemptLimits.signInPerLoginAndAddress.limit },
      (_, turn) => spellings[turn % spellings.length] ?? '',
    );
    await outcomes(turns.length, () => guess(turns.pop() ?? '', from));
    await expect(guess('someone.here', from)).rejects.toMatchObject({ code: 'rate-limited' });
  });

  test('is alike for names that nobody has', async () => {
    const from = somewhere();
    const { limit } = attemptLimits.signInPerLoginAndAddress;
    expect(await outcomes(limit + 1, () => guess('nobody.at.all', from))).toEqual([
      ...Array(limit).fill('wrong-credentials'),
      'rate-limited',
    ]);
  });
});

test('proving a password in a session is limited for the account, wherever it is', async () => {
  const browser = await member(url, someone());
  const { limit } = attemptLimits.passwordPerAccount;
  const codes = await outcomes(limit + 1, () => browser.call(authRoutes.deleteAccount, { password: 'a guess' }));
  expect(codes).toEqual([...Array(limit).fill('wrong-password'), 'rate-limited']);
  await browser.call(authRoutes.me, {});
});

test('signing up is limited for an address, before any work is done', async () => {
  const from = somewhere();
  const { limit } = attemptLimits.signUpPerAddress;
  const codes = await outcomes(limit + 1, () => call(url, authRoutes.signUp, someone({ userName: 'admin' }), from));
  expect(codes).toEqual([...Array(limit).fill('user-name-reserved'), 'rate-limited']);
  await expect(call(url, authRoutes.signUp, someone({ userName: 'admin' }), somewhere())).rejects.toMatchObject({
    code: 'user-name-reserved',
  });
});

test('refreshing is limited for a session; another one of the same person goes on', async () => {
  const person = someone();
  const [first, second] = [await member(url, person), visitor(url, somewhere())];
  await second.call(authRoutes.signIn, { login: person.userName, password: person.password });
  const { limit } = attemptLimits.refreshPerSession;
  const codes = await outcomes(limit + 1, () => first.call(authRoutes.refresh, {}));
  expect(codes).toEqual([...Array(limit).fill('done'), 'rate-limited']);
  await first.call(authRoutes.me, {});
  await second.call(authRoutes.refresh, {});
});

test('mails to one person are limited, whoever asks for them', async () => {
  const { limit } = attemptLimits.resetPerEmail;
  const ask = () => call(url, authRoutes.requestPasswordReset, { email: 'somebody@example.org' }, somewhere());
  expect(await outcomes(limit + 1, ask)).toEqual([...Array(limit).fill('done'), 'rate-limited']);
});

test('trying links is limited for an address', async () => {
  const from = somewhere();
  const { limit } = attemptLimits.resetPerAddress;
  const codes = await outcomes(limit + 1, () => call(url, authRoutes.resetPassword, { token: 'x', password: 'another rabbit hole' }, from));
  expect(codes).toEqual([...Array(limit).fill('link-expired'), 'rate-limited']);
});

test('an address that only the client tells is not believed', async () => {
  const direct = await auth(platform, { rateLimitFactor: 0.1, trustedProxies: [] }, { clock });
  const guesses = Math.ceil(attemptLimits.signInPerLoginAndAddress.limit * 0.1);
  const codes = await outcomes(guesses + 1, () =>
    call(direct.url, authRoutes.signIn, { login: 'nobody.there', password: 'x' }, somewhere()),
  );
  expect(codes.at(-1)).toBe('rate-limited');
  expect(config.trustedProxies).toEqual([]);
});

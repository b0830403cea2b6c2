import { authRoutes } from '@parley/common/contracts';
import { call, testClock, testPlatform, until, visitor } from '@parley/common/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { again, auth, member, someone } from './cast.ts';
import { startMailbox } from './mailbox.ts';

const platform = testPlatform();
afterAll(() => platform[Symbol.asyncDispose]());
const clock = testClock();
const mailbox = await startMailbox();
afterAll(() => mailbox[Symbol.asyncDispose]());
const { url } = await auth(platform, { mail: { url: mailbox.url, from: 'Parley <parley@parley.test>' } }, { clock });

const MINUTE_MS = 60_000;
const next = 'another rabbit hole';

const signsIn = ({ userName }: { userName: string }, password: string) =>
  call(url, authRoutes.signIn, { login: userName, password }).then(
    () => true,
    () => false,
  );

describe('changing the password', () => {
  test('needs the current one, and signs all other devices out', async () => {
    const person = someone();
    const laptop = await member(url, person);
    const phone = await again(url, person);
    await laptop.call(authRoutes.changePassword, { current: person.password, next });
    expect(laptop.last?.status).toBe(204);
    await laptop.call(authRoutes.me, {});
    await expect(phone.call(authRoutes.me, {})).rejects.toMatchObject({ code: 'signed-out' });
    expect([await signsIn(person, person.password), await signsIn(person, next)]).toEqual([false, true]);
  });

  test('with a wrong one changes nothing, and signs nobody out', async () => {
    const person = someone();
    const laptop = await member(url, person);
    const phone = await again(url, person);
    await expect(laptop.call(authRoutes.changePassword, { current: 'wrong', next })).rejects.toMatchObject({
      code: 'wrong-password',
      status: 403,
    });
    await phone.call(authRoutes.me, {});
    expect(await signsIn(person, person.password)).toBe(true);
  });

  test.each(['seven77', 'Password123', '😀'.repeat(65)])('to %s is refused', async (weak) => {
    const person = someone();
    const browser = await member(url, person);
    await expect(browser.call(authRoutes.changePassword, { current: person.password, next: weak })).rejects.toMatchObject({
      code: 'invalid-input',
      details: [{ field: 'next' }],
    });
    await expect(browser.call(authRoutes.changePassword, { current: person.password, next: person.email })).rejects.toMatchObject({
      details: [{ code: 'own-name' }],
    });
    expect(await signsIn(person, person.password)).toBe(true);
  });

  test('twice at once changes it once', async () => {
    const person = someone();
    const browser = await member(url, person);
    const passwords = ['one rabbit hole more', 'two rabbit holes more'];
    const outcomes = await Promise.allSettled(
      passwords.map((each) => browser.call(authRoutes.changePassword, { current: person.password, next: each })),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const works = await Promise.all(passwords.map((each) => signsIn(person, each)));
    expect(works).toEqual(outcomes.map(({ status }) => status === 'fulfilled'));
  });
});

/** Asks for a link, and reads it in the mail. */
async function linkFor(email: string): Promise<string> {
  const before = mailbox.letters.length;
  await call(url, authRoutes.requestPasswordReset, { email });
  const letter = await until(() => mailbox.letters[before]);
  const [, token] = /https:\/\/parley\.test\/reset-password#token=([\w-]{43})/.exec(letter.text) ?? [];
  expect(token).toBeDefined();
  return token ?? '';
}

describe('a forgotten password', () => {
  test('is set anew with the link that was mailed, once, and every session ends', async () => {
    const person = someone();
    const browser = await member(url, person);
    const token = await linkFor(person.email.toUpperCase());
    expect(mailbox.letters.at(-1)).toMatchObject({
      to: person.email,
      from: 'parley@parley.test',
      text: expect.stringContaining(`Hello ${person.userName},`),
    });

    await call(url, authRoutes.resetPassword, { token, password: next });
    await expect(browser.call(authRoutes.me, {})).rejects.toMatchObject({ code: 'signed-out' });
    expect([await signsIn(person, person.password), await signsIn(person, next)]).toEqual([false, true]);
    await expect(call(url, authRoutes.resetPassword, { token, password: next })).rejects.toMatchObject({
      code: 'link-expired',
      status: 410,
    });
  });

  test('a link used by two at once sets one password', async () => {
    const person = someone();
    await member(url, person);
    const token = await linkFor(person.email);
    const outcomes = await Promise.allSettled(
      ['one rabbit hole more', 'two rabbit holes more'].map((password) => call(url, authRoutes.resetPassword, { token, password })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('a refused password leaves the link good', async () => {
    const person = someone();
    await member(url, person);
    const token = await linkFor(person.email);
    await expect(call(url, authRoutes.resetPassword, { token, password: 'password1' })).rejects.toMatchObject({
      details: [{ code: 'too-common' }],
    });
    await call(url, authRoutes.resetPassword, { token, password: next });
  });

  test('a link is good for an hour', async () => {
    const person = someone();
    await member(url, person);
    const token = await linkFor(person.email);
    clock.advance(60 * MINUTE_MS);
    await expect(call(url, authRoutes.resetPassword, { token, password: next })).rejects.toMatchObject({ code: 'link-expired' });
  });

  test('changing the password spends the links that are out', async () => {
    const person = someone();
    const browser = await member(url, person);
    const token = await linkFor(person.email);
    await browser.call(authRoutes.changePassword, { current: person.password, next });
    await expect(call(url, authRoutes.resetPassword, { token, password: 'one rabbit hole more' })).rejects.toMatchObject({
      code: 'link-expired',
    });
  });

  test.each(['x', 'x'.repeat(43), '../..', '\0'])('no link is %j', async (token) => {
    await expect(call(url, authRoutes.resetPassword, { token, password: next })).rejects.toMatchObject({ code: 'link-expired' });
  });

  test('the answer does not tell who has an account', async () => {
    const person = someone();
    await member(url, person);
    const before = mailbox.letters.length;
    const answers = [];
    for (const email of ['nobody@example.org', 'no address at all', person.email]) {
      const response = await visitor(url).fetch('/api/auth/password-reset/request', {
        method: 'POST',
        body: JSON.stringify({ email }),
        headers: { 'content-type': 'application/json' },
      });
      answers.push([response.status, await response.text()]);
    }
    expect(answers).toEqual([
      [202, ''],
      [202, ''],
      [202, ''],
    ]);
    await until(() => mailbox.letters.length === before + 1);
    expect(mailbox.letters.at(-1)?.to).toBe(person.email);
  });
});

test('without a mail server nobody can ask for a link, and everybody is told', async () => {
  const mute = await auth(platform, { mail: undefined });
  expect(await call(mute.url, authRoutes.registration, {})).toMatchObject({ mail: false });
  await expect(call(mute.url, authRoutes.requestPasswordReset, { email: 'a@example.org' })).rejects.toMatchObject({ code: 'unavailable' });
  expect(await call(url, authRoutes.registration, {})).toMatchObject({ mail: true });
});

test('a mail server that refuses fails nobody', async () => {
  const person = someone();
  await member(url, person);
  mailbox.refuse(true);
  await call(url, authRoutes.requestPasswordReset, { email: person.email });
  await until(() => mailbox.refused > 0);
  mailbox.refuse(false);
  await linkFor(person.email);
});

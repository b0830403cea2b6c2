import { authRoutes } from '@parley/common/contracts';
import { Refused, testPlatform, visitor } from '@parley/common/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { alice, auth, member, someone } from './cast.ts';

const platform = testPlatform();
afterAll(() => platform[Symbol.asyncDispose]());
const { url, world } = await auth(platform);

const signUp = (application: ReturnType<typeof someone>) => visitor(url).call(authRoutes.signUp, application);

test('whoever signs up is signed in', async () => {
  const browser = visitor(url);
  const answer = await browser.call(authRoutes.signUp, alice);
  expect(browser.last?.status).toBe(201);
  expect(answer).toMatchObject({ userName: 'alice', email: 'alice@example.org' });
  expect(await browser.call(authRoutes.me, {})).toEqual(answer);
});

test('everybody is told whether accounts are taken here', async () => {
  expect(await visitor(url).call(authRoutes.registration, {})).toEqual({ registration: 'open', mail: false });
});

describe('is refused', () => {
  test.each([
    ['a user name that exists', { userName: 'alice' }, 'user-name-taken'],
    ['the same in capitals', { userName: 'ALICE' }, 'user-name-taken'],
    ['the same in another width', { userName: 'ａｌｉｃｅ' }, 'user-name-taken'],
    ['what looks the same', { userName: 'a1Ice' }, 'user-name-taken'],
    ['an address that exists', { email: 'alice@example.org' }, 'email-taken'],
    ['the same in capitals, with space around', { email: ' Alice@Example.ORG ' }, 'email-taken'],
    ['a reserved name', { userName: 'Admin' }, 'user-name-reserved'],
    ['a reserved name with dots', { userName: 'sup.port' }, 'user-name-reserved'],
  ])('%s', async (_, wrong, code) => {
    await expect(signUp(someone(wrong))).rejects.toMatchObject({ code, status: 409 });
  });

  test.each([
    ['a user name of two scripts', { userName: 'аlice' }, 'userName', 'mixed-script'],
    ['a user name that can not be seen', { userName: 'ali\u200bce' }, 'userName', 'characters'],
    ['a user name with NUL', { userName: 'ali\0ce' }, 'userName', undefined],
    ['a short user name', { userName: 'al' }, 'userName', 'length'],
    ['a long user name', { userName: 'a'.repeat(33) }, 'userName', 'length'],
    ['a user name that is no string', { userName: 7 }, 'userName', undefined],
    ['an address without a domain', { email: 'alice' }, 'email', 'email'],
    ['an address that is two', { email: 'a@example.org,b@example.org' }, 'email', 'email'],
    ['an address that breaks the line', { email: 'a@example.org\r\nBcc: b@example.org' }, 'email', 'email'],
    ['a display name of nothing', { displayName: ' \u200b ' }, 'displayName', undefined],
    ['a display name that turns the line', { displayName: 'Alice \u202eecilA' }, 'displayName', undefined],
    ['a long display name', { displayName: 'x'.repeat(65) }, 'displayName', undefined],
    ['a display name with marks without end', { displayName: `A${'\u0301'.repeat(50)}lice` }, 'displayName', undefined],
    ['a short password', { password: 'seven77' }, 'password', 'length'],
    ['a password of too many bytes', { password: '😀'.repeat(65) }, 'password', 'length'],
    ['a common password', { password: 'Password1' }, 'password', 'too-common'],
    ['the name as the password', { userName: 'humptydumpty', password: 'HumptyDumpty' }, 'password', 'own-name'],
    ['a long device name', { deviceName: 'x'.repeat(81) }, 'deviceName', undefined],
  ])('%s', async (_, wrong, field, code) => {
    const refused = await signUp({ ...someone(), ...wrong } as never).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Refused);
    expect(refused).toMatchObject({ code: 'invalid-input', status: 400, details: [{ field, ...(code && { code }) }] });
  });

  test('what is missing, all of it named', async () => {
    const refused = (await signUp({} as never).catch((error: unknown) => error)) as Refused;
    expect(refused.details.map(({ field }) => field).sort()).toEqual(['displayName', 'email', 'password', 'userName']);
  });

  test('and nothing of it is kept', async () => {
    const application = someone({ userName: 'alice' });
    await expect(signUp(application)).rejects.toMatchObject({ code: 'user-name-taken' });
    const { userName } = await signUp({ ...application, userName: `${application.email.slice(0, 8)}-2` });
    expect(userName).toMatch(/-2$/);
  });
});

test('of twenty who want the same name at once one gets it', async () => {
  const userName = someone().userName;
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => signUp(someone({ userName }))));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'user-name-taken' });
  }
  const { rows } = await world.database.query('SELECT name FROM outbox WHERE data->>$1 = $2', ['userName', userName]);
  expect(rows).toEqual([{ name: 'user.registered' }]);
});

test('of twenty who give the same address at once one gets it', async () => {
  const { email } = someone();
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => signUp(someone({ email }))));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

describe('where', () => {
  test('accounts are closed nobody gets one', async () => {
    const closed = await auth(platform, { registration: 'closed' });
    expect(await visitor(closed.url).call(authRoutes.registration, {})).toMatchObject({ registration: 'closed' });
    await expect(visitor(closed.url).call(authRoutes.signUp, someone())).rejects.toMatchObject({ code: 'registration-closed' });
    await closed[Symbol.asyncDispose]();
  });

  test('an invitation is needed there is no way without one', async () => {
    const guarded = await auth(platform, { registration: 'invite' });
    const browser = visitor(guarded.url);
    for (const invite of [undefined, '', 'x', 'x'.repeat(43)]) {
      await expect(browser.call(authRoutes.signUp, someone({ invite }))).rejects.toMatchObject({ code: 'invite-invalid' });
    }
    await guarded[Symbol.asyncDispose]();
  });
});

test('[D8] what is kept of a password is its hash alone', async () => {
  const application = someone({ password: 'kept nowhere at all' });
  await member(url, application);
  const { rows } = await world.database.query('SELECT * FROM accounts');
  const events = await world.database.query('SELECT * FROM outbox');
  const kept = JSON.stringify([rows, events.rows]);
  expect(kept).not.toContain('kept nowhere');
  expect(kept).toContain('$argon2id$v=19$m=64,t=1,p=1$');
  expect(JSON.stringify(events.rows)).not.toContain('@');
});

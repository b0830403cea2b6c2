import { authRoutes, events, type Fact } from '@parley/common/contracts';
import { call, testPlatform, until, type Visitor } from '@parley/common/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { again, auth, member, someone } from './cast.ts';

const platform = testPlatform();
afterAll(() => platform[Symbol.asyncDispose]());
const { url, world } = await auth(platform);

const accountEvents = ['user.registered', 'user.logged-in', 'user.signed-out', 'user.deleted', 'session.ended'] as const;
type AccountFact = Fact<(typeof accountEvents)[number]>;
const heard: AccountFact[] = [];
const listener = await platform.world('users');
await listener.world.bus.hear({
  kind: 'shared',
  queue: 'test-listener',
  names: accountEvents,
  handle: async (batch) => void heard.push(...(batch as readonly AccountFact[])),
});
const heardOf = (userId: string) => heard.filter(({ data }) => data.userId === userId);
const namesOf = (facts: readonly AccountFact[]) => facts.map(({ name, data }) => [data.number, name]);
const idOf = async (browser: Visitor) => (await browser.call(authRoutes.me, {})).userId;

/** Everything that is kept and told to a hearer that begins anew, a small page at a time. */
async function replayed(userId: string) {
  const facts = [];
  for (let after: string | undefined; ; ) {
    const page = await call(url, authRoutes.accountEvents, { limit: 7, ...(after !== undefined && { after }) });
    expect(page.events.length).toBeLessThanOrEqual(7);
    facts.push(...page.events);
    if (page.after === null) return facts.filter(({ data }) => data.userId === userId);
    after = page.after;
  }
}

describe('what happens to an account', () => {
  test('is told in order and numbered without a hole', async () => {
    const person = someone({ displayName: 'Somebody Else' });
    const laptop = await member(url, person);
    const userId = await idOf(laptop);
    const phone = await again(url, person, 'phone');
    await phone.call(authRoutes.signOut, {});
    await again(url, person);
    await laptop.call(authRoutes.changePassword, { current: person.password, next: 'another rabbit hole' });

    const facts = await until(() => heardOf(userId).length >= 7 && heardOf(userId));
    expect(namesOf(facts)).toEqual([
      [1, 'user.registered'],
      [2, 'user.logged-in'],
      [3, 'user.logged-in'],
      [4, 'session.ended'],
      [5, 'user.signed-out'],
      [6, 'user.logged-in'],
      [7, 'session.ended'],
    ]);
    expect(facts[0]?.data).toMatchObject({ userName: person.userName, displayName: 'Somebody Else' });
    expect(facts[2]?.data).toMatchObject({ deviceName: 'phone' });
    expect(facts[6]?.data).toMatchObject({ reason: 'password-changed' });
    expect(await replayed(userId)).toEqual(facts.map(({ name, data }) => ({ name, data })));
  });

  test('is as the contract says, and tells no address and no secret', async () => {
    const browser = await member(url);
    await until(() => heard.length > 0);
    expect(JSON.stringify(heard)).not.toMatch(/@|example\.org|argon2|password of/);
    for (const { name, data } of heard) expect(Object.keys(data).sort()).toEqual(Object.keys(events[name].data.parse(data)).sort());
    await browser.call(authRoutes.signOut, {});
  });

  test('is numbered without a hole also when it happens all at once', async () => {
    const person = someone();
    const userId = await idOf(await member(url, person));
    const browsers = await Promise.all(Array.from({ length: 8 }, () => again(url, person)));
    await Promise.all(
      browsers.map((browser, index) => browser.call(index % 2 ? authRoutes.signOut : authRoutes.revokeOtherSessions, {}).catch(() => {})),
    );
    const { rows } = await world.database.query('SELECT event_number FROM accounts WHERE id = $1', [userId]);
    const facts = await until(() => heardOf(userId).length === rows[0].event_number && heardOf(userId));
    expect(facts.map(({ data }) => data.number)).toEqual(facts.map((_, index) => index + 1));
  });
});

describe('deleting an account', () => {
  test('needs the password', async () => {
    const browser = await member(url);
    await expect(browser.call(authRoutes.deleteAccount, { password: 'wrong' })).rejects.toMatchObject({ code: 'wrong-password' });
    await expect(browser.call(authRoutes.deleteAccount, {} as never)).rejects.toMatchObject({ code: 'invalid-input' });
    await browser.call(authRoutes.me, {});
  });

  test('leaves nothing of it but the fact that it is gone', async () => {
    const person = someone();
    const browser = await member(url, person);
    const phone = await again(url, person);
    const userId = await idOf(browser);
    await browser.call(authRoutes.deleteAccount, { password: person.password });
    expect(browser.cookies.size).toBe(0);
    await expect(phone.call(authRoutes.me, {})).rejects.toMatchObject({ code: 'signed-out' });
    await expect(again(url, person)).rejects.toMatchObject({ code: 'wrong-credentials' });

    const facts = await until(() => heardOf(userId).at(-1)?.name === 'user.deleted' && heardOf(userId));
    expect(namesOf(facts).slice(-2)).toEqual([
      [4, 'session.ended'],
      [5, 'user.deleted'],
    ]);
    expect(facts.at(-2)?.data).toMatchObject({ reason: 'account-deleted', sessionIds: [expect.any(String), expect.any(String)] });
    await until(async () => expect(await replayed(userId)).toEqual([{ name: 'user.deleted', data: facts.at(-1)?.data }]));
    for (const table of ['accounts', 'sessions', 'outbox']) {
      const { rows } = await world.database.query(`SELECT to_jsonb(${table}) AS row FROM ${table}`);
      expect(JSON.stringify(rows)).not.toContain(person.userName);
    }
  });

  test('is what the others hear who ask for an account that they do not know', async () => {
    const person = someone();
    const [staying, leaving] = [await member(url), await member(url, person)];
    const [here, gone] = [await idOf(staying), await idOf(leaving)];
    await leaving.call(authRoutes.deleteAccount, { password: person.password });
    const never = '00000000-0000-7000-8000-000000000000';
    expect(await call(url, authRoutes.knownAccounts, { userIds: [gone, never, here] })).toEqual({ known: [here], gone: [gone] });
    expect(await call(url, authRoutes.knownAccounts, { userIds: [] })).toEqual({ known: [], gone: [] });
  });

  test('gives name and address free again', async () => {
    const person = someone();
    const browser = await member(url, person);
    const before = await idOf(browser);
    await browser.call(authRoutes.deleteAccount, { password: person.password });
    expect(await idOf(await member(url, person))).not.toBe(before);
  });

  test('while somebody signs in leaves nobody in', async () => {
    const person = someone();
    const browser = await member(url, person);
    const others = Array.from({ length: 6 }, () => again(url, person));
    const [deleted, ...entered] = await Promise.allSettled([
      browser.call(authRoutes.deleteAccount, { password: person.password }),
      ...others,
    ]);
    expect(deleted.status).toBe('fulfilled');
    for (const outcome of entered) {
      if (outcome.status === 'fulfilled') await expect(outcome.value.call(authRoutes.me, {})).rejects.toMatchObject({ code: 'signed-out' });
      else expect(outcome.reason).toMatchObject({ status: 401 });
    }
  });
});

describe('taking my data along', () => {
  test('gives all that is kept of me, and nothing of others', async () => {
    const person = someone();
    const browser = await member(url, person);
    await member(url);
    const { userId } = await browser.call(authRoutes.me, {});
    const data = await browser.call(authRoutes.exportAccount, {});
    const { userName, email } = person;
    expect(data.account).toMatchObject({ userId, userName, email });
    expect(data.sessions).toHaveLength(1);
    expect(data.events.map(({ name }) => name)).toEqual(['user.registered', 'user.logged-in']);
    expect(JSON.stringify(data)).not.toMatch(/argon2|refresh|hash/i);
  });
});

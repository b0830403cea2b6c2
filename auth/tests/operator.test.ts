import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { authRoutes, type EventData } from '@parley/common/contracts';
import { call, testPlatform, until } from '@parley/common/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { run } from '../src/commands.ts';
import { readOperatorConfig } from '../src/config.ts';
import { again, auth, config, member, someone } from './cast.ts';

const platform = testPlatform();
afterAll(() => platform[Symbol.asyncDispose]());
const { url, world } = await auth(platform, { registration: 'invite' });
const databaseUrl = world.database.options.connectionString ?? '';

/** A command, at the operator's terminal. */
const operator = (...argv: string[]) => operatorOf(databaseUrl, argv);

async function operatorOf(databaseUrl: string, argv: readonly string[]): Promise<{ code: number; said: string }> {
  const lines: string[] = [];
  const code = await run(
    argv,
    () => ({ databaseUrl, secrets: config.secrets, publicUrl: 'https://parley.test' }),
    (line) => lines.push(line),
  );
  return { code, said: lines.join('\n') };
}

const tokenIn = (link: string) => /#\w+=([\w-]{43})$/.exec(link)?.[1] ?? '';
const invite = async (...argv: string[]) => tokenIn((await operator('invite', ...argv)).said);
const invited = async () => someone({ invite: await invite() });

describe('an invitation', () => {
  test('is a link that lets one person in, once', async () => {
    const { said } = await operator('invite');
    expect(said).toMatch(/^https:\/\/parley\.test\/sign-up#invite=[\w-]{43}$/);
    await member(url, someone({ invite: tokenIn(said) }));
    await expect(member(url, someone({ invite: tokenIn(said) }))).rejects.toMatchObject({ code: 'invite-invalid', status: 403 });
  });

  test('lets in one of ten who hold it at once', async () => {
    const token = await invite();
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => member(url, someone({ invite: token }))));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('is not spent by an application that is refused', async () => {
    const application = await invited();
    await expect(member(url, { ...application, userName: 'admin' })).rejects.toMatchObject({ code: 'user-name-reserved' });
    await member(url, application);
  });

  test('runs out', async () => {
    const token = await invite('--days', '1');
    await world.database.query("UPDATE invitations SET expires_at = expires_at - interval '1 day' WHERE used_at IS NULL");
    await expect(member(url, someone({ invite: token }))).rejects.toMatchObject({ code: 'invite-invalid' });
  });
});

test('a link to set a new password works without a mail server', async () => {
  const person = await invited();
  await member(url, person);
  const { said } = await operator('reset-password', person.email);
  expect(said).toMatch(/^https:\/\/parley\.test\/reset-password#token=/);
  await call(url, authRoutes.resetPassword, { token: tokenIn(said), password: 'another rabbit hole' });
  await again(url, { ...person, password: 'another rabbit hole' });
});

test('a disabled account is out at once, and in again when it is enabled', async () => {
  const person = await invited();
  const browser = await member(url, person);
  const { userId, sessionId } = await browser.call(authRoutes.me, {});
  const endings: EventData<'session.ended'>[] = [];
  const { bus } = (await platform.world('users')).world;
  await bus.hear({
    kind: 'shared',
    queue: 'test-listener',
    names: ['session.ended'],
    handle: async (batch) => void endings.push(...batch.map(({ data }) => data)),
  });

  expect(await operator('disable', person.userName)).toEqual({
    code: 0,
    said: `${person.userName} is disabled and signed out everywhere.`,
  });
  await until(() => endings.some((ended) => ended.reason === 'account-disabled' && ended.sessionIds.includes(sessionId)));
  await until(() =>
    expect(browser.call(authRoutes.me, {}))
      .rejects.toMatchObject({ code: 'signed-out' })
      .then(() => true),
  );
  await expect(browser.call(authRoutes.refresh, {})).rejects.toMatchObject({ code: 'signed-out' });
  await expect(again(url, person)).rejects.toMatchObject({ code: 'account-disabled', status: 403 });
  await expect(again(url, { ...person, password: 'wrong' })).rejects.toMatchObject({ code: 'wrong-credentials' });

  // By the id, too, which is all that a report says.
  expect(await operator('disable', userId)).toMatchObject({ code: 0 });
  await operator('enable', person.userName);
  await again(url, person);
});

test('a key is not rotated with another secret than auth has, and the terminal says why', async () => {
  const lines: string[] = [];
  const wrong = { databaseUrl, secrets: ['another secret that is long enough'], publicUrl: url };
  expect(
    await run(
      ['rotate-keys'],
      () => wrong,
      (line) => lines.push(line),
    ),
  ).toBe(2);
  expect(lines.join()).toMatch(/AUTH_SECRET: is not the one/);
  expect(await operator('rotate-keys')).toEqual({ code: 0, said: expect.stringMatching(/^Key [\w-]+ signs from/) });
});

describe('the terminal', () => {
  test.each([
    [['nonsense'], 2, /There is no command nonsense/],
    [['disable'], 2, /Which account/],
    [['disable', 'nobody.here'], 2, /no account nobody\.here/],
    [['invite', '--days', 'many'], 2, /--days/],
    [['invite', '--days', '0.001'], 2, /--days is a whole number from 1 to 365/],
    [['invite', '--days', '366'], 2, /--days/],
    [['invite', 'somebody'], 2, /invite does not take somebody/],
    [['disable', 'nobody.here', 'nor.here'], 2, /disable does not take nor\.here/],
    [['disable', 'nobody.here', '--days', '2'], 2, /disable does not take --days/],
    [['invite', '--at-once'], 2, /invite does not take --at-once/],
    [['invite', '--sudo'], 2, /sudo/],
    [[], 2, /Usage/],
    [['--help'], 0, /Usage[\s\S]*rotate-keys/],
  ])('%j answers %d', async (argv, code, said) => {
    expect(await operator(...argv)).toEqual({ code, said: expect.stringMatching(said) });
  });

  test('names what its environment lacks', async () => {
    const lines: string[] = [];
    expect(
      await run(
        ['invite'],
        () => readOperatorConfig({}),
        (line) => lines.push(line),
      ),
    ).toBe(2);
    expect(lines.join()).toContain('DATABASE_URL');
  });

  test('is a process of its own', { timeout: 60_000 }, async () => {
    const program = fileURLToPath(new URL('../src/operator.ts', import.meta.url));
    const env = { PATH: process.env.PATH, DATABASE_URL: databaseUrl };
    const { stdout } = await promisify(execFile)(process.execPath, [program, 'invite'], { env });
    await member(url, someone({ invite: tokenIn(stdout.trim()) }));
  });
});

test.each([[['reset-password', 'ada']], [['rotate-keys']]])('%j says in a sentence that the database is away', async (argv) => {
  const { code, said } = await operatorOf('postgresql://nobody:hunter2@127.0.0.1:1/nowhere', argv);
  expect(code).toBe(2);
  expect(said).toMatch(/^The database of auth does not let anybody in \(.+\)\. Does it run, and does DATABASE_URL say where\?$/);
  expect(said).not.toContain('hunter2');
});

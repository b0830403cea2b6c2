import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMemoryStore, createParley, newestStretch } from '@parley/client-library';
import { createNodeSession } from '@parley/client-library/node';
import { authRoutes, type Me, messageRoutes } from '@parley/common/contracts';
import { until, type Visitor } from '@parley/common/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMailbox } from '../../auth/tests/mailbox.ts';
import { at, password, postgresOf, privateFolder, run, runFile, type Started, signUp, start } from './parley.ts';

test('does not keep for ever what PostgreSQL said', async () => {
  using folder = privateFolder();
  mkdirSync(folder.path);
  const log = join(folder.path, 'postgres.log');
  writeFileSync(log, 'said before\n'.repeat(500_000));
  await using parley = start({ data: folder.path });
  await parley.url();
  expect(readFileSync(log, 'utf8')).not.toContain('said before');
});

test('begins on nothing, keeps what was said over a stop, and ends well on Ctrl-C', async () => {
  using folder = privateFolder();
  await using first = start({ data: folder.path });
  const url = await first.url();
  const [{ me: ada, visitor: hers }, { me: bob, visitor: his }] = [await signUp(url, 'ada'), await signUp(url, 'bob')];
  await using devices = new AsyncDisposableStack();
  const device = async (me: Me, { cookies }: Visitor) => {
    const session = createNodeSession({ base: url });
    for (const [name, value] of cookies) session.cookies.set(name, value);
    const parley = await createParley({ base: url, me, store: createMemoryStore(), ...session });
    devices.defer(() => parley.stop());
    parley.start();
    return parley;
  };
  const [adas, bobs] = [await device(ada, hers), await device(bob, his)];
  await adas.send(bob.userId, { kind: 'text', text: 'Are you there?' });
  await until(() => newestStretch(bobs.conversations.get(ada.userId)).length === 1, 30_000);
  await devices.disposeAsync();

  expect(await first.stop('SIGINT')).toBe(0);
  expect(first.output).toMatch(/Stopped in \d/);
  expect(postgresOf(folder.path)).toBeUndefined();

  await using second = start({ data: folder.path });
  const again = at(await second.url());
  await again.call(authRoutes.signIn, { login: 'bob', password });
  const { messages } = await again.call(messageRoutes.history, { peerId: ada.userId, limit: 10 });
  expect(messages.map(({ content }) => content?.text)).toEqual(['Are you there?']);
});

describe('in an environment that means it no good', () => {
  const nowhere = { HOME: '/dev/null/home', TMPDIR: '/dev/null/tmp', XDG_CACHE_HOME: '/dev/null/cache', PGDATA: '/dev/null/data' };
  const foreign = { LANG: 'C', LC_ALL: 'tr_TR.ISO-8859-9', TZ: 'Asia/Tokyo', PGPORT: '1', PGOPTIONS: '-c fsync=off' };
  let folder: ReturnType<typeof privateFolder>;
  let parley: Started;
  let url: string;
  beforeAll(async () => {
    folder = privateFolder();
    parley = start({ data: folder.path, environment: { ...nowhere, ...foreign } });
    url = await parley.url();
  });
  afterAll(async () => {
    await parley.stop();
    folder[Symbol.dispose]();
  });

  test('writes in its own folder alone, and keeps its secrets from everybody else on the machine', async () => {
    await signUp(url, 'ada');
    const modes = ['.', 'secrets.json', 'postgres', 'postgres.log', 'run'].map((name) => statSync(join(folder.path, name)).mode & 0o077);
    expect(modes).toEqual([0, 0, 0, 0, 0]);
  });

  test('writes no address into its log, not even that of somebody who signs up twice', async () => {
    await expect(signUp(url, 'ada')).rejects.toMatchObject({ code: 'email-taken' });
    const client = new pg.Client({ host: join(folder.path, 'run'), user: 'parley', database: 'parley_auth', options: '' });
    await client.connect();
    // As two do who sign up at the same moment.
    await client.query('CREATE TEMPORARY TABLE twin AS SELECT * FROM accounts LIMIT 1');
    await client.query('UPDATE twin SET id = gen_random_uuid()');
    const twice = client.query('INSERT INTO accounts SELECT * FROM twin');
    await expect(twice).rejects.toMatchObject({ code: '23505', detail: expect.stringContaining('ada@parley.test') });
    await client.end();
    const log = readFileSync(join(folder.path, 'postgres.log'), 'utf8');
    expect(log).toContain('violates unique constraint');
    expect(log).not.toContain('@parley.test');
  });

  test('its databases are UTF-8 and sort by C.UTF-8, and what is committed is on the disk', async () => {
    const client = new pg.Client({ host: join(folder.path, 'run'), user: 'parley', database: 'parley_auth', options: '' });
    await client.connect();
    const { rows } = await client.query(`
      SELECT pg_encoding_to_char(encoding) AS encoding, datlocale AS locale, datctype AS letters, current_setting('TimeZone') AS zone,
        upper('i') AS upper, 'B' < 'a' AS ordered, current_setting('fsync') AS fsync
      FROM pg_database WHERE datname = current_database()`);
    await client.end();
    expect(rows).toEqual([
      { encoding: 'UTF8', locale: 'C.UTF-8', letters: 'C.UTF-8', zone: 'UTC', upper: 'I', ordered: true, fsync: 'on' },
    ]);
  });

  test('is found by the commands of its operator', async () => {
    await using command = runFile(['platform/src/beside.ts', 'auth', 'auth/src/operator.ts', 'invite'], { PARLEY_DATA: folder.path });
    expect(await command.exited).toBe(0);
    expect(command.output).toContain(url);
    await using reports = runFile(['platform/src/beside.ts', 'messages', 'messages/src/operator.ts', 'list'], { PARLEY_DATA: folder.path });
    expect(await reports.exited).toBe(0);
    expect(reports.output).toContain('Nothing was reported.');
  });

  test('keeps its own secret whatever the shell of its operator says', async () => {
    await using command = runFile(['platform/src/beside.ts', 'auth', 'auth/src/operator.ts', 'rotate-keys'], {
      PARLEY_DATA: folder.path,
      AUTH_SECRET: 'of another Parley, and long enough to be one',
    });
    expect(await command.exited).toBe(0);
    await parley.stop();
    parley = start({ data: folder.path });
    url = await parley.url();
  });

  test('says in a sentence that its secret is another one than before', async () => {
    await parley.stop();
    const path = join(folder.path, 'secrets.json');
    const kept = readFileSync(path, 'utf8');
    writeFileSync(path, JSON.stringify({ ...JSON.parse(kept), auth: 'of another Parley, and long enough to be one' }));
    await using refused = start({ data: folder.path });
    expect(await refused.exited).toBe(1);
    expect(refused.output).toMatch(/AUTH_SECRET: is not the one that sealed the signing keys/);
    expect(refused.output).not.toMatch(/^ +at /m);
    writeFileSync(path, kept);
    parley = start({ data: folder.path });
    url = await parley.url();
  });

  test('has nothing to say on internal routes', async () => {
    const tried = [
      '/internal/auth/sessions/check',
      '/x//internal/auth/sessions/check',
      '/api/auth/%2e%2e/%2e%2e/internal/auth/sessions/check',
    ];
    const answers = await Promise.all(tried.map((path) => at(url).fetch(path, { method: 'POST', body: '{"sessionIds":[]}' })));
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
  });

  test('describes itself to programs', async () => {
    const [http, sockets] = await Promise.all(
      ['/api/openapi.json', '/api/asyncapi.json'].map(async (path) => (await at(url).fetch(path)).json()),
    );
    expect(http).toMatchObject({ openapi: '3.1.0', paths: { '/api/auth/sign-up': expect.anything() } });
    expect(sockets).toMatchObject({ asyncapi: expect.stringMatching(/^3\./) });
  });

  test('says that the port is taken, and how to choose another', async () => {
    using other = privateFolder();
    const { port } = new URL(url);
    await using refused = start({ data: other.path, port: Number(port) });
    expect(await refused.exited).toBe(1);
    expect(refused.output).toContain(`Port ${port} is taken by another program. Choose another with --port`);
  });

  test('leaves a folder alone that another Parley has open, also when it is to forget everything', async () => {
    await using refused = start({ data: folder.path, more: ['--fresh'] });
    expect(await refused.exited).toBe(1);
    expect(refused.output).toMatch(/is in use by another Parley \(process \d+\)/);
    await signUp(url, 'eve');
  });
});

test('listens where it is told to and says what that means for cookies, also in a folder whose path is too long for a socket', async () => {
  using folder = privateFolder('a-folder-with-a-long-name-'.repeat(5));
  await using parley = start({ data: folder.path, more: ['--host', '0.0.0.0'] });
  await parley.says(/only over HTTPS/);
  const { visitor } = await signUp(await parley.url(), 'ada');
  expect(visitor.last?.headers.getSetCookie()).toEqual([expect.stringContaining('Secure'), expect.stringContaining('Secure')]);
});

test('says all that is wrong in its environment before it makes or forgets anything', async () => {
  using folder = privateFolder();
  const environment = { REGISTRATION: 'maybe', PUSH_DELAY_SECONDS: 'soon', ALLOWED_ORIGINS: 'ftp://chat.example', METRICS_PORT: 'any' };
  await using refused = start({ data: folder.path, more: ['--fresh'], environment });
  expect(await refused.exited).toBe(1);
  for (const name of Object.keys(environment)) expect(refused.output).toMatch(new RegExp(`^  ${name}`, 'm'));
  expect(refused.output).not.toMatch(/making the database|^ +at |"level"/m);
  expect(existsSync(folder.path)).toBe(false);
});

test('mails links that begin where people reach it, and not where it listens', async () => {
  using folder = privateFolder();
  await using mailbox = await startMailbox();
  await using parley = start({ data: folder.path, environment: { ALLOWED_ORIGINS: 'https://chat.example', SMTP_URL: mailbox.url } });
  const { me, visitor } = await signUp(await parley.url(), 'ada');
  await visitor.call(authRoutes.requestPasswordReset, { email: me.email });
  const { text } = await until(() => mailbox.letters[0]);
  expect(text).toContain('https://chat.example/reset-password#token=');
});

test('explains its options, and does not start on a wrong one', async () => {
  await using asked = run(['--help']);
  expect(await asked.exited).toBe(0);
  for (const option of ['--port', '--host', '--data', '--fresh']) expect(asked.output).toContain(option);
  await using wrong = run(['--colour']);
  expect(await wrong.exited).toBe(1);
  expect(wrong.output).toContain("Unknown option '--colour'");
});

test('shows what all services measure, each with its name, to this machine and on a port of its own', async () => {
  using folder = privateFolder();
  await using parley = start({ data: folder.path, environment: { METRICS_PORT: '0' } });
  const url = await parley.url();
  const [, address] = await parley.says(/metrics are at (\S+)/);
  const text = await (await fetch(address as string)).text();
  for (const service of ['auth', 'users', 'messages', 'socket-handler', 'notifications', 'bus', 'platform'])
    expect(text).toContain(`service="${service}"`);
  const families = Array.from(text.matchAll(/^# HELP (\S+)/gm), ([, name]) => name);
  expect(families).toEqual([...new Set(families)]);
  expect((await at(url).fetch('/metrics')).status).toBe(404);
});

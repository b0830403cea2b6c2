import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { authRoutes } from '@parley/common/contracts';
import { until } from '@parley/common/testing';
import { afterAll, expect, test } from 'vitest';
import { isAlive } from '../../scripts/prepare/processes.mjs';
import { at, password, postgresOf, privateFolder, runFile, signUp, start } from './parley.ts';

/** Each test begins where the one before it ended. */
const folder = privateFolder();
afterAll(() => folder[Symbol.dispose]());

const signIn = (url: string) => at(url).call(authRoutes.signIn, { login: 'ada', password });

test('[D7] killed with -9, it finds its own PostgreSQL at the next start, stops it and goes on', async () => {
  await using killed = start({ data: folder.path });
  await signUp(await killed.url(), 'ada');
  await killed.kill();
  const orphan = postgresOf(folder.path) as number;
  expect(isAlive(orphan)).toBe(true);
  await using command = runFile(['platform/src/beside.ts', 'auth', 'auth/src/operator.ts', 'invite'], { PARLEY_DATA: folder.path });
  expect(await command.exited).toBe(1);
  expect(command.output).toMatch(/^No Parley runs in .+\n$/);

  await using parley = start({ data: folder.path });
  await signIn(await parley.url());
  expect(parley.output).toContain(`(process ${orphan})`);
  expect(postgresOf(folder.path)).not.toBe(orphan);
});

test('[D7] killed with -9, it finds its own PostgreSQL by whatever path it was told of its folder', async () => {
  const link = `${folder.path}-by-another-name`;
  symlinkSync(folder.path, link);
  await using killed = start({ data: link });
  await killed.url();
  await killed.kill();
  const orphan = postgresOf(folder.path) as number;

  await using parley = start({ data: folder.path });
  await signIn(await parley.url());
  expect(parley.output).toContain(`(process ${orphan})`);
  expect(isAlive(orphan)).toBe(false);
  expect(parley.output).not.toContain('starting it again');
});

test('it takes no PostgreSQL for its own that answers in the place of its own', async () => {
  await using killed = start({ data: folder.path });
  await killed.url();
  await killed.kill();
  const note = join(folder.path, 'postgres', 'postmaster.pid');
  const text = readFileSync(note, 'utf8');
  const nobody = 4_194_999;
  writeFileSync(note, text.replace(/^\d+/, String(nobody)));
  await using refused = start({ data: folder.path });
  expect(await refused.exited).toBe(1);
  expect(refused.output).toMatch(/PostgreSQL did not start\. It said/);
  expect(refused.output).not.toContain('Parley is ready');
  writeFileSync(note, text);
});

test('[D7] a PostgreSQL that is killed under it comes back, and it goes on', async () => {
  await using parley = start({ data: folder.path });
  const ada = at(await parley.url());
  await ada.call(authRoutes.signIn, { login: 'ada', password });
  process.kill(postgresOf(folder.path) as number, 'SIGKILL');
  await parley.says(/PostgreSQL ended; starting it again/);
  const { sessions } = await Promise.race([until(() => ada.call(authRoutes.listSessions, {}), 60_000), parley.ended()]);
  expect(sessions.length).toBeGreaterThan(1);
});

test('a lock whose process number belongs to somebody else by now is no obstacle', async () => {
  writeFileSync(join(folder.path, 'parley.lock'), JSON.stringify({ pid: process.pid, birth: 'of another process' }));
  await using parley = start({ data: folder.path });
  await signIn(await parley.url());
});

test('with --fresh it forgets everything, also what a killed one left running', async () => {
  await using killed = start({ data: folder.path });
  await killed.url();
  await killed.kill();
  await using parley = start({ data: folder.path, more: ['--fresh'] });
  await expect(signIn(await parley.url())).rejects.toMatchObject({ code: 'wrong-credentials' });
});

test('stopped while it starts, it leaves nothing running and nothing half done', async () => {
  using other = privateFolder();
  await using stopped = start({ data: other.path });
  await stopped.says(/making the database/);
  expect(await stopped.stop('SIGTERM')).toBe(0);
  const left = postgresOf(other.path);
  expect(left === undefined || !isAlive(left)).toBe(true);
  expect(existsSync(join(other.path, 'postgres.new'))).toBe(false);
  await using parley = start({ data: other.path });
  await signUp(await parley.url(), 'ada');
});

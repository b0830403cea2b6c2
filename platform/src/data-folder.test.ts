import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { birthOf } from '../../scripts/prepare/processes.mjs';
import { zombie } from '../tests/zombie.ts';
import { openDataFolder } from './data-folder.ts';
import { Unusable } from './unusable.ts';

function somewhere(): string {
  const folder = mkdtempSync(join(tmpdir(), 'parley-data-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'data');
}

test('is made for its owner alone, and held by one at a time', () => {
  const path = somewhere();
  const first = openDataFolder(path);
  expect(statSync(path).mode & 0o777).toBe(0o700);
  expect(() => openDataFolder(path)).toThrow(/in use by another Parley/);
  first[Symbol.dispose]();
  openDataFolder(path)[Symbol.dispose]();
  expect(readdirSync(path)).toEqual([]);
});

test('keeps a secret from its first use on, under its name and readable by its owner alone', () => {
  const path = somewhere();
  using first = openDataFolder(path);
  const secret = first.secret('auth');
  expect(first.secret('postgres')).not.toBe(secret);
  first[Symbol.dispose]();
  using second = openDataFolder(path);
  expect(second.secret('auth')).toBe(secret);
  expect(statSync(join(path, 'secrets.json')).mode & 0o777).toBe(0o600);
});

test.each([
  ['of a process that is gone', { pid: 4_194_999 }],
  ['of a process whose number another one has now', { pid: process.pid, birth: 'before' }],
  ['that is only half written', undefined],
])('takes over a lock %s', (_, holder) => {
  const path = somewhere();
  openDataFolder(path)[Symbol.dispose]();
  writeFileSync(join(path, 'parley.lock'), holder ? JSON.stringify(holder) : '{"pi');
  using folder = openDataFolder(path);
  expect(JSON.parse(readFileSync(join(folder.path, 'parley.lock'), 'utf8'))).toEqual({ pid: process.pid, birth: birthOf(process.pid) });
});

test.runIf(process.platform === 'linux')('takes over a lock of a process that ended and was never asked how', async () => {
  const path = somewhere();
  openDataFolder(path)[Symbol.dispose]();
  const { pid, birth, end } = await zombie();
  onTestFinished(end);
  writeFileSync(join(path, 'parley.lock'), JSON.stringify({ pid, birth }));
  using folder = openDataFolder(path);
  expect(readFileSync(join(folder.path, 'parley.lock'), 'utf8')).toContain(String(process.pid));
});

test.runIf(process.platform === 'linux')('says in words that nothing can be written there', () => {
  expect(() => openDataFolder('/sys')).toThrow(Unusable);
  expect(() => openDataFolder('/sys')).toThrow(/\/sys can't be used .* --data <folder>/s);
});

test('says in words that the file system has no hard links', () => {
  const path = somewhere();
  const link = () => {
    throw Object.assign(new Error('EPERM: operation not permitted'), { code: 'EPERM' });
  };
  expect(() => openDataFolder(path, link)).toThrow(/a file system with hard links/);
  expect(readdirSync(path)).toEqual([]);
});

test('forgets what Parley kept and nothing else', () => {
  const path = somewhere();
  using folder = openDataFolder(path);
  folder.secret('auth');
  writeFileSync(join(path, 'diary.txt'), 'mine');
  folder.empty();
  expect(readdirSync(path).sort()).toEqual(['diary.txt', 'parley.lock']);
});

test.each([
  ['no secrets', undefined],
  ['secrets of something else', '{"postgres":"hunter2"}'],
  ['secrets that are no JSON', 'hunter2'],
])('forgets nothing that it did not make: a folder postgres with %s', (_, secrets) => {
  const path = somewhere();
  using folder = openDataFolder(path);
  mkdirSync(join(path, 'postgres'));
  if (secrets) writeFileSync(join(path, 'secrets.json'), secrets);
  expect(() => folder.empty()).toThrow(/Nothing says that it was Parley .* choose another folder/s);
  expect(readdirSync(path)).toContain('postgres');
  if (secrets) expect(readFileSync(join(path, 'secrets.json'), 'utf8')).toBe(secrets);
});

test('takes no folder postgres for its own whose secrets are not there', () => {
  const path = somewhere();
  using folder = openDataFolder(path);
  mkdirSync(join(path, 'postgres'));
  expect(() => folder.secret('postgres')).toThrow(/without the secrets\.json/);
  expect(readdirSync(path)).not.toContain('secrets.json');
});

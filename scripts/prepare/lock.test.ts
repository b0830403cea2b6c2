import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { withLock } from './lock.mjs';

const lock = join(import.meta.dirname, 'lock.mjs');
/** Writes when it begins and when it ends, with time between for others to come in. */
const task = `
  import { appendFileSync } from 'node:fs';
  import { withLock } from ${JSON.stringify(lock)};
  const [root, file] = process.argv.slice(1);
  await withLock(root, async () => {
    appendFileSync(file, 'begin ' + process.pid + '\\n');
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    appendFileSync(file, 'end ' + process.pid + '\\n');
  });`;

function clone(lockedBy: string) {
  const root = mkdtempSync(join(tmpdir(), 'parley-lock-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, '.cache'));
  writeFileSync(join(root, '.cache', 'preparing.lock'), lockedBy);
  return root;
}

test.each([
  // No process has this number: it is past what any system gives.
  ['was killed', { pid: 4_194_999 }],
  ['ended, and whose number another one has now', { pid: process.pid, birth: 'before' }],
  ['wrote something else', 1],
])('commands that prepare the same clone take turns, also after one that %s', async (_, holder) => {
  const root = clone(JSON.stringify(holder));
  const file = join(root, 'file');
  const command = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', task, root, file]);
  await Promise.all(Array.from({ length: 4 }, command));
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  const begun = lines.filter((_, index) => index % 2 === 0).map((line) => line.replace('begin ', ''));
  const ended = lines.filter((_, index) => index % 2 === 1).map((line) => line.replace('end ', ''));
  expect(begun).toHaveLength(4);
  expect(ended).toEqual(begun);
});

test('who waits in vain says for which process, and which file stands for it', async () => {
  const root = clone(JSON.stringify({ pid: process.pid }));
  const waiting = withLock(root, async () => {}, 0);
  await expect(waiting).rejects.toThrow(`process ${process.pid} has been preparing this clone for too long`);
  await expect(waiting).rejects.toThrow(join(root, '.cache', 'preparing.lock'));
});

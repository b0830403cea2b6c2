import { messageRoutes } from '@parley/common/contracts';
import { expect, test } from 'vitest';
import { run } from '../src/desk.ts';
import { openScene, type Person, type Scene } from './cast.ts';

const text = (words: string) => ({ kind: 'text' as const, text: words });
const report = (reporter: Person, peer: Person, seq: number, note = '') =>
  reporter.ask(messageRoutes.report, { peerId: peer.userId, seq, note });

/** A command, at the operator's terminal. */
function reports(scene: Scene, ...argv: string[]): Promise<{ code: number; said: string }> {
  return reportsOf(scene.database().options.connectionString ?? '', argv);
}

async function reportsOf(databaseUrl: string, argv: readonly string[]) {
  const lines: string[] = [];
  const code = await run(
    argv,
    () => ({ databaseUrl }),
    (line) => lines.push(line),
  );
  return { code, said: lines.join('\n') };
}

const textsIn = ({ said }: { said: string }) => [...said.matchAll(/^ {2}text {9}(.*)$/gm)].map(([, words]) => words);

test('the operator reads what a message said when it was reported, also when its author deletes it', async () => {
  await using scene = await openScene();
  const [alice, bob, carol] = [await scene.arrive(), await scene.arrive(), await scene.arrive()];
  expect(await reports(scene, 'list')).toEqual({ code: 0, said: 'Nothing was reported.' });
  await alice.send(bob, 'Bad words.\n\u001b[2J\u202eTurned.');
  await report(bob, alice, 1, 'Look.');
  await alice.give('message.edited', bob, { seq: 1, saw: 1, content: text('Good words.') });
  await alice.give('message.deleted', bob, { seq: 1, scope: 'everyone' });
  const { said } = await reports(scene, 'list');
  expect(textsIn({ said })).toEqual(['"Bad words.\\n\\u001b[2J\\u{202e}Turned."']);
  for (const there of [alice.userId, bob.userId, '"Look."']) expect(said).toContain(there);

  await expect(report(bob, alice, 7)).rejects.toMatchObject({ code: 'message-not-found' });
  await expect(report(carol, alice, 1)).rejects.toMatchObject({ code: 'message-not-found' });
  await expect(report(alice, bob, 1)).rejects.toMatchObject({ code: 'message-not-found' });
});

test('the same words are reported once, with the last note; others are another report', async () => {
  await using scene = await openScene();
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  await alice.send(bob, 'Bad words.');
  await Promise.all(Array.from({ length: 5 }, () => report(bob, alice, 1, 'Look.')));
  await report(bob, alice, 1);
  await report(bob, alice, 1, 'Look here.');
  const { said } = await reports(scene, 'list');
  expect(textsIn({ said })).toEqual(['"Bad words."']);
  expect(said).toContain('"Look here."');
  await alice.give('message.edited', bob, { seq: 1, saw: 1, content: text('Worse words.') });
  await report(bob, alice, 1);
  expect(textsIn(await reports(scene, 'list'))).toEqual(['"Bad words."', '"Worse words."']);
});

test('[D8] a report holds what its reporter sees, not what was changed behind a block or withheld', async () => {
  await using scene = await openScene();
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  await alice.send(bob, 'Bad words.');
  await bob.ask(messageRoutes.block, { peerId: alice.userId });
  await alice.give('message.edited', bob, { seq: 1, saw: 1, content: text('Nothing at all.') });
  await alice.send(bob, 'Withheld words.');
  await report(bob, alice, 1);
  await expect(report(bob, alice, 2)).rejects.toMatchObject({ code: 'message-not-found' });
  expect(textsIn(await reports(scene, 'list'))).toEqual(['"Bad words."']);
});

test('what was settled is no longer in the way', async () => {
  await using scene = await openScene();
  const [alice, bob] = [await scene.arrive(), await scene.arrive()];
  await alice.send(bob, 'One.');
  await alice.send(bob, 'Two.');
  for (const seq of [1, 2]) await report(bob, alice, seq);
  const [first] = /^[0-9a-f-]{36}/.exec((await reports(scene, 'list')).said) ?? [];
  expect(await reports(scene, 'settle', String(first))).toEqual({ code: 0, said: 'Settled 1.' });
  expect(textsIn(await reports(scene, 'list'))).toEqual(['"Two."']);
  expect(textsIn(await reports(scene, 'list', '--all'))).toEqual(['"One."', '"Two."']);
  expect(await reports(scene, 'settle', alice.userId)).toMatchObject({ code: 2 });
  expect(await reports(scene, 'settle', 'nonsense')).toMatchObject({ code: 2 });
  expect(await reports(scene, 'settle')).toMatchObject({ code: 2 });
  expect(await reports(scene, 'burn')).toMatchObject({ code: 2 });
});

test('the terminal says in a sentence that the database is away', async () => {
  const { code, said } = await reportsOf('postgresql://nobody:hunter2@127.0.0.1:1/nowhere', ['list']);
  expect(code).toBe(2);
  expect(said).toMatch(/^The database of messages does not let anybody in \(.+\)\. Does it run, and does DATABASE_URL say where\?$/);
  expect(said).not.toContain('hunter2');
});

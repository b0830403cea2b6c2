import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createMemoryStore, createParley, newestStretch, type Parley } from '@parley/client-library';
import { createNodeSession } from '@parley/client-library/node';
import { type Me, messageRoutes } from '@parley/common/contracts';
import { until, type Visitor } from '@parley/common/testing';
import { expect, test } from 'vitest';
import { privateFolder, runFile, signUp, start } from './parley.ts';

const device = async (url: string, me: Me, { cookies }: Visitor, store = createMemoryStore()) => {
  const session = createNodeSession({ base: url });
  for (const [name, value] of cookies) session.cookies.set(name, value);
  const parley = await createParley({ base: url, me, store, ...session });
  parley.start();
  return parley;
};

const newest = ({ conversations }: Parley, { userId }: Me) => newestStretch(conversations.get(userId)).at(-1)?.content?.text;

test('[D4] what is lost comes back from a backup, and devices that know more than it drop that and go on', async () => {
  using folder = privateFolder();
  const backup = join(folder.path, '..', 'backup');
  const back = (name: string, ...more: string[]) => runFile([`platform/src/backup/${name}.ts`, backup, '--data', folder.path, ...more]);
  const first = start({ data: folder.path });
  const url = await first.url();
  const port = Number(new URL(url).port);
  const [{ me: ada, visitor: hers }, { me: bob, visitor: his }] = [await signUp(url, 'ada'), await signUp(url, 'bob')];
  const store = createMemoryStore();
  const before = await device(url, ada, hers, store);
  await before.send(bob.userId, { kind: 'text', text: 'kept' });
  await until(() => before.outbox.entries().length === 0);

  const early = back('backup');
  expect(await early.exited).toBe(1);
  expect(early.output).toContain('is in use by another Parley');
  await before.stop();
  await first.stop();
  expect(await back('backup').exited).toBe(0);

  const second = start({ data: folder.path, port });
  await second.url();
  const meanwhile = await device(url, ada, hers, store);
  await meanwhile.send(bob.userId, { kind: 'text', text: 'lost' });
  await until(() => meanwhile.outbox.entries().length === 0 && newest(meanwhile, bob) === 'lost');
  const { epoch } = meanwhile.conversations.get(bob.userId);
  await meanwhile.stop();
  await second.stop();

  const over = back('restore');
  expect(await over.exited).toBe(1);
  expect(over.output).toContain('There is a Parley');
  rmSync(folder.path, { recursive: true });
  expect(await back('restore').exited).toBe(0);

  await using third = start({ data: folder.path, port });
  await third.url();
  const after = await device(url, ada, hers, store);
  await until(() => after.conversations.get(bob.userId).epoch !== epoch && newest(after, bob) === 'kept', 30_000);
  await after.send(bob.userId, { kind: 'text', text: 'and on' });
  await until(() => after.outbox.entries().length === 0);
  const { messages } = await his.call(messageRoutes.history, { peerId: ada.userId, limit: 10 });
  expect(messages.map(({ content }) => content?.text)).toEqual(['kept', 'and on']);
  await after.stop();
});

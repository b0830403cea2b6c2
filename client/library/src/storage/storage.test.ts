import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Conversation, Message } from '@parley/common/contracts';
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { afterEach, describe, expect, test } from 'vitest';
import type { Entry } from '../outbox.ts';
import type { Place } from '../ranges.ts';
import type { DeviceStore, HeldHeader } from './device-store.ts';
import { openFileStore } from './file.ts';
import { openIndexedDbStore } from './indexed-db.ts';
import { createMemoryStore } from './memory.ts';

globalThis.IDBKeyRange = IDBKeyRange;
const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});
const folder = async () => {
  const made = await mkdtemp(join(tmpdir(), 'parley-device-'));
  folders.push(made);
  return made;
};

/** Each opens a device, and opens the same device again as after a reload. */
const adapters: Record<string, () => Promise<() => Promise<DeviceStore>>> = {
  memory: async () => {
    const store = createMemoryStore();
    return async () => store;
  },
  file: async () => {
    const path = join(await folder(), 'device.jsonl');
    return () => openFileStore(path);
  },
  IndexedDB: async () => {
    const factory = new IDBFactory();
    return () => openIndexedDbStore('alice', { factory });
  },
};

const entry = (clientId: string): Entry => ({
  command: { type: 'send', clientId, to: 'bob', content: { kind: 'text', text: `text of ${clientId}` } },
  writtenAt: 1,
  state: 'waiting',
});
const row = (seq: number, version = seq) => ({ seq, version, senderId: 'bob', clientId: `c${seq}` }) as unknown as Message;
const header = (version: number): HeldHeader => ({
  conversationId: 'one',
  peerId: 'bob',
  epoch: 'e',
  version,
  lastSeq: version,
  reach: version,
  lastPeerSeq: version,
  ranges: [[1, version]],
  hidden: new Set([2]),
  marks: { bob: { delivered: 1, read: 0 } },
});
const listed = (version: number) => ({ conversationId: 'one', epoch: 'e', version, settingsVersion: 0 }) as unknown as Conversation;

describe.each(Object.entries(adapters))('[%s]', (_name, prepare) => {
  test('[D7] the outbox survives a reload, in the order of writing', async () => {
    const open = await prepare();
    const store = await open();
    await store.keep([entry('01'), entry('02')]);
    await store.keep([entry('03')]);
    await store.drop(['02']);
    const again = await open();
    const kept = [
      { ...entry('01'), order: 1 },
      { ...entry('03'), order: 3 },
    ];
    expect((await again.load()).entries).toEqual(kept);
    expect(await again.entriesAfter(1)).toEqual(kept.slice(1));
  });

  test('[D3] the store says the order of writing, whatever the clocks of the tabs say', async () => {
    const open = await prepare();
    const one = await open();
    const other = one;
    await one.keep([entry('09')]);
    const [second] = await other.keep([entry('01')]);
    await one.keep([{ ...(second as Entry), state: 'refused' }]);
    expect((await one.load()).entries.map(({ command, state }) => [command.clientId, state])).toEqual([
      ['09', 'waiting'],
      ['01', 'refused'],
    ]);
  });

  test('[D4] a version is kept with the rows that belong to it', async () => {
    const open = await prepare();
    const store = await open();
    await store.saveHeld(header(2), [row(1), row(2)], [[1, 2]]);
    await store.saveHeld(header(3), [row(1, 3), row(3)], [[3, 3]]);
    const again = await open();
    expect((await again.load()).held).toEqual([header(3)]);
    expect(await again.loadStretch('one', {}, 10)).toEqual({ header: header(3), range: [1, 3], messages: [row(1, 3), row(2), row(3)] });
    expect(await again.loadStretch('another', {}, 10)).toBeUndefined();
  });

  test('[D5] a slower tab does not put back what another has gone past', async () => {
    const open = await prepare();
    const store = await open();
    await store.saveHeld(header(10), [row(1, 10)], [[1, 10]]);
    await store.saveHeld(header(6), [row(1, 6), row(2, 5)], [[1, 2]]);
    expect(await store.replaceHeld(header(7), [row(1, 7)], [[1, 7]])).toEqual(header(10));
    expect(await store.saveHeld({ ...header(12), epoch: 'bygone' }, [row(1, 12)], [[1, 12]])).toEqual(header(10));
    const again = await open();
    expect((await again.load()).held).toEqual([header(10)]);
    expect((await again.loadStretch('one', {}, 10))?.messages).toEqual([row(1, 10), row(2, 5)]);
    await again.saveList([listed(2)]);
    await again.saveList([listed(1)]);
    expect((await again.load()).list).toEqual([listed(2)]);
  });

  test('[D5] what two tabs have read of one history is there from both', async () => {
    const open = await prepare();
    const one = await open();
    const other = one;
    await one.saveHeld(header(100), [row(99), row(100)], [[99, 100]]);
    await other.saveHeld({ ...header(100), hidden: new Set([50]) }, [row(1)], [[1, 50]]);
    const saved = await one.saveHeld(header(100), [row(98)], [[98, 98]]);
    expect(saved.ranges).toEqual([
      [1, 50],
      [98, 100],
    ]);
    expect(saved.hidden).toEqual(new Set([2, 50]));
  });

  test('a history is read page by page, from any place that is kept', async () => {
    const open = await prepare();
    const store = await open();
    const rows = Array.from({ length: 300 }, (_, index) => row(index + 1));
    await store.saveHeld(header(300), rows, [[1, 300]]);
    const seqs = async (...[place, limit]: [Place, number]) => {
      const { range, messages = [] } = (await store.loadStretch('one', place, limit)) ?? {};
      return [range, messages.length];
    };
    expect(await seqs({}, 50)).toEqual([[251, 300], 50]);
    expect(await seqs({ before: 21 }, 50)).toEqual([[1, 20], 20]);
    expect(await seqs({ after: 100 }, 50)).toEqual([[101, 150], 50]);
    expect(await seqs({ around: 200 }, 50)).toEqual([[175, 224], 50]);
    expect(await seqs({ after: 300 }, 50)).toEqual([undefined, 0]);
  });

  test('kept messages are found by their words, the newest first, hidden ones not', async () => {
    const open = await prepare();
    const store = await open();
    const said = (seq: number, text: string) => ({ ...row(seq), sentAt: `${seq}`, content: { kind: 'text' as const, text } });
    await store.saveHeld(
      header(4),
      [said(1, 'A red balloon'), said(2, 'A hidden red balloon'), said(3, 'Red'), said(4, 'Balloons, red')],
      [[1, 4]],
    );
    expect((await store.find(['red', 'BALLOON'], 10)).map(({ message }) => message.seq)).toEqual([4, 1]);
    expect((await store.find(['red'], 1)).map(({ message }) => message.seq)).toEqual([4]);
    expect(await store.find(['red'], 10, 'another')).toEqual([]);
    expect(await store.find([], 10)).toEqual([]);
  });

  test('what is read anew replaces all rows', async () => {
    const open = await prepare();
    const store = await open();
    await store.saveHeld(header(2), [row(1), row(2)], [[1, 2]]);
    await store.replaceHeld(header(9), [row(9)], [[9, 9]]);
    const again = await (await open()).loadStretch('one', {}, 50);
    expect(again).toEqual({ header: { ...header(9), ranges: [[9, 9]] }, range: [9, 9], messages: [row(9)] });
  });

  test('the list keeps the last telling of a conversation', async () => {
    const open = await prepare();
    const store = await open();
    await store.saveList([listed(1)]);
    await store.saveList([listed(2)]);
    expect((await (await open()).load()).list).toEqual([listed(2)]);
  });

  test('[D8] after erasing, the next person finds nothing', async () => {
    const open = await prepare();
    const store = await open();
    await store.keep([entry('01')]);
    await store.saveHeld(header(1), [row(1)], [[1, 1]]);
    await store.saveList([listed(1)]);
    await store.erase();
    const again = await open();
    expect(await again.load()).toEqual({ entries: [], held: [], list: [] });
    expect(await again.loadStretch('one', {}, 50)).toBeUndefined();
  });

  test('[D7] [D8] a session that ended from outside leaves what was never sent, and nothing else', async () => {
    const open = await prepare();
    const store = await open();
    await store.keep([entry('01'), { ...entry('02'), command: { type: 'read', clientId: '02', to: 'bob', seq: 1 } }]);
    await store.saveHeld(header(1), [row(1)], [[1, 1]]);
    await store.erase({ keepUnsent: true });
    expect(await (await open()).load()).toEqual({ entries: [{ ...entry('01'), order: 1 }], held: [], list: [] });
  });
});

test('[D7] a file whose last line was cut off by a crash keeps all lines before', async () => {
  const path = join(await folder(), 'device.jsonl');
  const store = await openFileStore(path);
  await store.keep([entry('01')]);
  await store.keep([entry('02')]);
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.slice(0, -10));
  const again = await openFileStore(path);
  expect((await again.load()).entries).toMatchObject([entry('01')]);
  await again.keep([entry('03')]);
  expect((await (await openFileStore(path)).load()).entries).toMatchObject([entry('01'), entry('03')]);
});

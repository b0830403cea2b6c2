import type { Message } from '@parley/common/contracts';
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { expect, test } from 'vitest';
import type { Entry } from '../outbox.ts';
import type { HeldHeader } from './device-store.ts';
import { openIndexedDbStore } from './indexed-db.ts';
import { sizeOf } from './indexed-db-size.ts';

globalThis.IDBKeyRange = IDBKeyRange;

const row = (seq: number): Message => ({
  id: `id ${seq}`,
  seq,
  version: seq,
  clientId: `c${seq}`,
  senderId: 'bob',
  content: { kind: 'text', text: 'x'.repeat(100) },
  replyTo: null,
  sentAt: '2026-01-01T00:00:00.000Z',
  editedAt: null,
  deletedAt: null,
  reactions: [],
});
const header = (conversationId: string, last: number): HeldHeader => ({
  conversationId,
  peerId: `peer of ${conversationId}`,
  epoch: 'e',
  version: last,
  lastSeq: last,
  reach: last,
  lastPeerSeq: last,
  ranges: [[1, last]],
  hidden: new Set(),
  marks: {},
});
const rows = (last: number) => Array.from({ length: last }, (_, index) => row(index + 1));
const entry = (clientId: string): Entry => ({
  command: { type: 'send', clientId, to: 'bob', content: { kind: 'text', text: clientId } },
  writtenAt: 1,
  state: 'waiting',
});

/** The database as the version before this one has left it. */
function openFirstVersion(factory: IDBFactory): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open('parley-alice', 1);
    request.onupgradeneeded = () => {
      for (const store of ['outbox', 'held', 'list', 'messages']) request.result.createObjectStore(store);
    };
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const transaction = request.result.transaction(['outbox', 'held', 'messages'], 'readwrite');
      for (const clientId of ['02', '01']) transaction.objectStore('outbox').put(entry(clientId), clientId);
      transaction.objectStore('held').put(header('one', 3), 'one');
      for (const message of rows(3)) transaction.objectStore('messages').put(message, ['one', message.seq]);
      transaction.oncomplete = () => resolve(request.result);
    };
  });
}

test('[D7] a store of the version before is taken over: outbox, history, and the order of writing', async () => {
  const factory = new IDBFactory();
  (await openFirstVersion(factory)).close();
  const store = await openIndexedDbStore('alice', { factory });
  const { entries, held } = await store.load();
  expect(entries.map(({ command, order }) => [command.clientId, order])).toEqual([
    ['01', 1],
    ['02', 2],
  ]);
  expect(held).toEqual([header('one', 3)]);
  expect((await store.loadStretch('one', {}, 50))?.messages).toEqual(rows(3));
  expect((await store.keep([entry('00')]))[0]?.order).toBe(3);
});

test('a tab with the version before, which holds the store and does not answer, is no reason to wait for ever', async () => {
  const factory = new IDBFactory();
  const old = await openFirstVersion(factory);
  await expect(openIndexedDbStore('alice', { factory, blockedAfter: 1 })).rejects.toThrow('older tab');
  old.close();
});

test('a tab whose store a newer version needs lets go of it, and knows', async () => {
  const factory = new IDBFactory();
  let superseded = false;
  const store = await openIndexedDbStore('alice', {
    factory,
    onSuperseded: () => {
      superseded = true;
    },
  });
  await new Promise<void>((resolve, reject) => {
    const newer = factory.open('parley-alice', 1_000);
    newer.onsuccess = () => resolve();
    newer.onerror = () => reject(newer.error);
  });
  expect(superseded).toBe(true);
  await expect(store.load()).rejects.toThrow();
});

test('past the budget the oldest messages go first, of what was looked at least, and never what is unsent', async () => {
  const store = await openIndexedDbStore('alice', { factory: new IDBFactory() });
  const whole = 400 * sizeOf(row(1));
  await store.saveHeld(header('seldom', 400), rows(400), [[1, 400]]);
  await store.saveHeld(header('often', 400), rows(400), [[1, 400]]);
  await store.used('seldom', 1);
  await store.used('often', 2);
  await store.keep([entry('01')]);
  const ranges = async () =>
    Object.fromEntries((await store.load()).held.map(({ conversationId, ranges: [range] }) => [conversationId, range]));

  await store.trim(2 * whole);
  expect(await ranges()).toEqual({ seldom: [1, 400], often: [1, 400] });
  await store.trim(2 * whole - 100 * sizeOf(row(1)));
  expect(await ranges()).toEqual({ seldom: [101, 400], often: [1, 400] });
  await store.trim(1);
  expect(await ranges()).toEqual({ seldom: [351, 400], often: [351, 400] });
  expect((await store.loadStretch('often', {}, 500))?.messages.map(({ seq }) => seq)).toEqual(
    rows(400)
      .slice(350)
      .map(({ seq }) => seq),
  );
  expect((await store.load()).entries).toHaveLength(1);
});

test('[D8] after erasing not even the name of the account is left', async () => {
  const factory = new IDBFactory();
  const store = await openIndexedDbStore('alice', { factory });
  await store.keep([entry('01')]);
  await store.erase();
  expect(await factory.databases()).toEqual([]);
});

import type { Conversation, Message } from '@parley/common/contracts';
import { newer } from '../list.ts';
import type { Entry } from '../outbox.ts';
import { type Ranges, stretchAt } from '../ranges.ts';
import {
  type DeviceStore,
  type FoundMessage,
  type HeldHeader,
  hasWords,
  isBygone,
  isPast,
  isUnsent,
  mergeHeaders,
  type Stretch,
} from './device-store.ts';
import { result, rowsOf, whenRead } from './indexed-db-requests.ts';
import { BLOCKED_AFTER_MS, deleteDatabase, nameOf, openDatabase, type StoreName, storeNames } from './indexed-db-schema.ts';
import { sizeOf, trim, type Usage } from './indexed-db-size.ts';

export interface IndexedDbStore extends DeviceStore {
  /** Lets go of the oldest messages of what was looked at least, until at most so much is kept. */
  trim(bytes: number): Promise<void>;
  close(): void;
}

export interface IndexedDbOptions {
  readonly factory?: IDBFactory;
  /** A newer version of the app, in another tab, needs the database: nothing can be kept here any more. */
  readonly onSuperseded?: () => void;
  readonly blockedAfter?: number;
}

type Stores = (name: StoreName) => IDBObjectStore;

/** One database per account, so that the next person on this browser can't come upon it by accident. */
export async function openIndexedDbStore(userId: string, options: IndexedDbOptions = {}): Promise<IndexedDbStore> {
  const { factory = indexedDB, onSuperseded = () => {}, blockedAfter = BLOCKED_AFTER_MS } = options;
  const database = await openDatabase(factory, nameOf(userId), onSuperseded, blockedAfter);
  const write = <T>(names: readonly StoreName[], work: (store: Stores) => () => T, { whole = false } = {}) =>
    new Promise<T>((resolve, reject) => {
      // Strict: what is told to be kept must survive the power going out, a tick may follow from it.
      const transaction = database.transaction(names, 'readwrite', { durability: 'strict' });
      const answer = work((store) => transaction.objectStore(store));
      // Nothing is added by what it reads: it stands even when the page is gone before it hears so.
      if (whole) transaction.commit();
      transaction.oncomplete = () => resolve(answer());
      transaction.onabort = () => reject(transaction.error);
    });
  const all = <T>(name: StoreName, range?: IDBKeyRange) => result<T[]>(database.transaction(name).objectStore(name).getAll(range));

  return {
    async load() {
      const [entries, held, list] = await Promise.all([all<Entry>('outbox'), all<HeldHeader>('held'), all<Conversation>('list')]);
      return { entries, held, list };
    },

    loadStretch: (conversationId, place, limit) =>
      new Promise<Stretch | undefined>((resolve, reject) => {
        const transaction = database.transaction(['held', 'messages']);
        let stretch: Stretch | undefined;
        whenRead(transaction.objectStore('held').get(conversationId), (header: HeldHeader | undefined) => {
          const range = header && stretchAt(header.ranges, place, limit);
          if (header) stretch = { header, range, messages: [] };
          if (!header || !range) return;
          const rows = transaction.objectStore('messages').getAll(rowsOf(conversationId, range));
          whenRead(rows, (messages: Message[]) => {
            stretch = { header, range, messages };
          });
        });
        transaction.oncomplete = () => resolve(stretch);
        transaction.onabort = () => reject(transaction.error);
      }),

    keep: (entries) =>
      write(
        ['outbox'],
        (store) => {
          const placed: Entry[] = [...entries];
          for (const [index, entry] of entries.entries()) {
            // One counter of the database gives every tab the place of what it writes.
            whenRead(store('outbox').put(entry), (order) => {
              placed[index] = { ...entry, order: order as number };
            });
          }
          return () => placed;
        },
        { whole: true },
      ),
    entriesAfter: (order) => all<Entry>('outbox', IDBKeyRange.lowerBound(order, true)),
    drop: (clientIds) =>
      write(['outbox'], (store) => {
        for (const id of clientIds) {
          whenRead(store('outbox').index('clientId').getKey(id), (key) => key !== undefined && store('outbox').delete(key));
        }
        return () => {};
      }),

    saveHeld: (header, changed, covered) => write(heldStores, (store) => saved(store, header, changed, covered)),
    replaceHeld: (header, messages, covered) =>
      write(heldStores, (store) => {
        let answer = () => header;
        whenRead(store('held').get(header.conversationId), (kept: HeldHeader | undefined) => {
          if (!isPast(kept, header)) forget(store, header.conversationId);
          answer = saved(store, header, messages, covered);
        });
        return () => answer();
      }),
    used: (conversationId, usedAt) =>
      write(['usage'], (store) => {
        const usage = store('usage');
        whenRead(usage.get(conversationId), (kept?: Usage) => usage.put({ bytes: kept?.bytes ?? 0, usedAt }, conversationId));
        return () => {};
      }),

    saveList: (conversations) =>
      write(['list'], (store) => {
        for (const told of conversations) {
          const { conversationId } = told;
          whenRead(store('list').get(conversationId), (kept?: Conversation) => store('list').put(newer(kept, told), conversationId));
        }
        return () => {};
      }),

    find: (words, limit, only) => find(database, words, limit, only),
    trim: (bytes) => trim(database, bytes),

    async erase({ keepUnsent } = { keepUnsent: false }) {
      await write(storeNames, (store) => {
        for (const name of storeNames) if (name !== 'outbox') store(name).clear();
        whenRead(store('outbox').getAll(), (entries: Entry[]) => {
          for (const entry of entries) if (!keepUnsent || !isUnsent(entry)) store('outbox').delete(entry.order as number);
        });
        return () => {};
      });
      if (keepUnsent) return;
      // Not even who was here: the name of the database says it.
      database.close();
      await deleteDatabase(factory, nameOf(userId));
    },
    close: () => database.close(),
  };
}

const heldStores = ['held', 'messages', 'usage'] as const;

function saved(store: Stores, header: HeldHeader, rows: readonly Message[], covered: Ranges): () => HeldHeader {
  const { conversationId } = header;
  let merged = header;
  whenRead(store('held').get(conversationId), (kept: HeldHeader | undefined) => {
    if (kept && isBygone(kept, header)) {
      merged = kept;
      return;
    }
    merged = mergeHeaders(kept, header, covered);
    store('held').put(merged, conversationId);
    putRows(store, conversationId, rows);
  });
  return () => merged;
}

/** Several tabs write here, and the slower one must not put back what the other has gone past. */
function putRows(store: Stores, conversationId: string, rows: readonly Message[]) {
  if (rows.length === 0) return;
  let grown = 0;
  let left = rows.length;
  for (const message of rows) {
    const key = [conversationId, message.seq];
    whenRead(store('messages').get(key), (kept: Message | undefined) => {
      if (!kept || kept.version <= message.version) {
        store('messages').put(message, key);
        grown += sizeOf(message) - (kept ? sizeOf(kept) : 0);
      }
      left -= 1;
      if (left > 0) return;
      whenRead(store('usage').get(conversationId), (usage: Usage | undefined) =>
        store('usage').put({ bytes: (usage?.bytes ?? 0) + grown, usedAt: usage?.usedAt ?? 0 }, conversationId),
      );
    });
  }
}

function forget(store: Stores, conversationId: string) {
  store('messages').delete(rowsOf(conversationId));
  store('held').delete(conversationId);
  whenRead(store('usage').get(conversationId), (usage: Usage | undefined) => {
    if (usage) store('usage').put({ ...usage, bytes: 0 }, conversationId);
  });
}

/** Rows that are looked through at a time. */
const CHUNK = 2_000;

/** By time, the newest first, which no key can say across conversations: every kept row is looked at, in chunks. */
async function find(database: IDBDatabase, words: readonly string[], limit: number, only?: string): Promise<readonly FoundMessage[]> {
  const found: FoundMessage[] = [];
  const headers = await result<HeldHeader[]>(database.transaction('held').objectStore('held').getAll());
  for (const { conversationId, hidden, ranges } of headers) {
    if (only !== undefined && conversationId !== only) continue;
    for (const [first, last] of ranges) {
      for (let from = first; from <= last; from += CHUNK) {
        const range = rowsOf(conversationId, [from, Math.min(last, from + CHUNK - 1)]);
        const rows = await result<Message[]>(database.transaction('messages').objectStore('messages').getAll(range));
        for (const message of rows) if (hasWords(message, words) && !hidden.has(message.seq)) found.push({ conversationId, message });
      }
    }
  }
  return found.sort((one, other) => other.message.sentAt.localeCompare(one.message.sentAt)).slice(0, limit);
}

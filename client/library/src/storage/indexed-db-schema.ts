import type { Entry } from '../outbox.ts';
import type { HeldHeader } from './device-store.ts';
import { whenRead } from './indexed-db-requests.ts';
import { ROW_BYTES } from './indexed-db-size.ts';

export const VERSION = 2;
export const storeNames = ['outbox', 'held', 'list', 'messages', 'usage'] as const;
export type StoreName = (typeof storeNames)[number];

/** A tab with an older version of the app that will not let go, because it is frozen, must not keep this one from starting. */
export const BLOCKED_AFTER_MS = 3_000;

export const nameOf = (userId: string) => `parley-${userId}`;

/** Rejects when the database is broken, refused by the browser, or held by an older tab for too long. */
export function openDatabase(factory: IDBFactory, name: string, onSuperseded: () => void, blockedAfter: number): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(name, VERSION);
    let late = false;
    request.onupgradeneeded = ({ oldVersion }) => {
      if (request.transaction) upgrade(request.result, request.transaction, oldVersion);
    };
    request.onblocked = () =>
      setTimeout(() => {
        late = true;
        reject(new DOMException('An older tab holds the database.', 'InvalidStateError'));
      }, blockedAfter);
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const database = request.result;
      if (late) return database.close();
      // Another tab with a newer version of the app must not wait for this one.
      database.onversionchange = ({ newVersion }) => {
        database.close();
        if (newVersion !== null) onSuperseded();
      };
      resolve(database);
    };
  });
}

/** Step by step from whatever version is there, so that nothing that was written and not sent is lost on the way. */
function upgrade(database: IDBDatabase, transaction: IDBTransaction, from: number) {
  if (from < 1) {
    for (const name of ['held', 'list', 'messages']) database.createObjectStore(name);
    createOutbox(database);
    database.createObjectStore('usage');
  } else if (from < 2) {
    const usage = database.createObjectStore('usage');
    // Before, an entry's key was its clientId, which sorts by the clock of the device.
    whenRead(transaction.objectStore('outbox').getAll(), (entries: Entry[]) => {
      database.deleteObjectStore('outbox');
      const outbox = createOutbox(database);
      for (const entry of entries) outbox.add(entry);
    });
    whenRead(transaction.objectStore('held').getAll(), (headers: HeldHeader[]) => {
      for (const { conversationId, ranges } of headers) {
        const rows = ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
        usage.put({ bytes: rows * ROW_BYTES, usedAt: 0 }, conversationId);
      }
    });
  }
}

/** The key says the order of writing of all tabs, and the database alone gives it. */
function createOutbox(database: IDBDatabase): IDBObjectStore {
  const outbox = database.createObjectStore('outbox', { keyPath: 'order', autoIncrement: true });
  outbox.createIndex('clientId', 'command.clientId', { unique: true });
  return outbox;
}

/** Nobody waits for a tab that is frozen: what was in it is erased already. */
export const deleteDatabase = (factory: IDBFactory, name: string) =>
  new Promise<void>((resolve) => {
    const request = factory.deleteDatabase(name);
    request.onsuccess = request.onerror = request.onblocked = () => resolve();
  });

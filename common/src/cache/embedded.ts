import type { Clock } from '../server/clock.ts';
import type { Cache } from './cache.ts';

export interface EmbeddedCacheOptions {
  readonly clock: Clock;
  /** Characters of keys and values that are kept at the most. */
  readonly room?: number;
}

/** About 64 MB of memory. */
const ROOM = 32_000_000;
/** What an entry costs beside its characters. */
const ENTRY_COST = 100;

interface Entry {
  readonly value: string;
  readonly until: number;
}

/** A cache inside the process; what was used longest ago leaves first when room is needed. */
export function openEmbeddedCache({ clock, room = ROOM }: EmbeddedCacheOptions): Cache {
  // A Map keeps the order of insertion; using an entry inserts it anew.
  const entries = new Map<string, Entry>();
  let used = 0;
  let open = true;

  const drop = (key: string) => {
    const entry = entries.get(key);
    if (entry === undefined) return;
    entries.delete(key);
    used -= costOf(key, entry.value);
  };
  const put = (key: string, entry: Entry) => {
    drop(key);
    if (!open || costOf(key, entry.value) > room) return;
    entries.set(key, entry);
    used += costOf(key, entry.value);
    for (const oldest of entries.keys()) {
      if (used <= room) break;
      drop(oldest);
    }
  };
  const look = (key: string): Entry | undefined => {
    const entry = entries.get(key);
    if (entry === undefined) return undefined;
    entries.delete(key);
    if (entry.until > clock.now()) {
      entries.set(key, entry);
      return entry;
    }
    used -= costOf(key, entry.value);
    return undefined;
  };

  return {
    get available() {
      return open;
    },
    async get(key) {
      return look(key)?.value;
    },
    async getMany(keys) {
      return keys.map((key) => look(key)?.value);
    },
    async set(key, value, seconds) {
      put(key, { value, until: clock.now() + seconds * 1000 });
    },
    async delete(...keys) {
      for (const key of keys) drop(key);
    },
    async count(key, seconds) {
      if (!open) return;
      const entry = look(key);
      const next = Number(entry?.value ?? 0) + 1;
      put(key, { value: String(next), until: entry?.until ?? clock.now() + seconds * 1000 });
      return next;
    },
    async [Symbol.asyncDispose]() {
      open = false;
      entries.clear();
      used = 0;
    },
  };
}

const costOf = (key: string, value: string) => key.length + value.length + ENTRY_COST;

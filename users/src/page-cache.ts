import type { Cache } from '@parley/common/cache';
import { uuidv7 } from '@parley/common/contracts';
import { counter } from '@parley/common/server';
import type { Registry as Metrics } from 'prom-client';
import type { Page } from './directory.ts';

/**
 * Pages that everybody asks for, kept a moment. Each says under which generation it was read; a change of names begins a
 * new one, on every pod at once, so that no page from before is given out after the change was acknowledged. Presence
 * moves all the time and begins none: it is PAGE_SECONDS late at the most, and so is a name when the cache was away while
 * it changed.
 */
export interface PageCache {
  read(key: string, find: () => Promise<Page>): Promise<Page>;
  /** Names changed, and the database knows. */
  changed(): Promise<void>;
}

export const PAGE_SECONDS = 2;
const GENERATION_SECONDS = 24 * 60 * 60;
const GENERATION = 'users:generation';

interface Kept {
  readonly generation: string;
  readonly page: Page;
}

export function createPageCache(cache: Cache, metrics: Metrics): PageCache {
  const reads = readsOf(metrics);
  const finding = new Map<string, Promise<Page>>();
  // A change that the cache did not take; until it does, nothing of the cache is believed here.
  let behind = false;

  /** Its name is new, whatever the cache forgot: a count that begins again could meet pages of its former self. */
  const begin = async () => {
    const generation = uuidv7();
    await cache.set(GENERATION, generation, GENERATION_SECONDS);
    return { generation, now: await cache.get(GENERATION) };
  };

  const changed = async () => {
    const { generation, now } = await begin();
    behind = now !== generation;
  };

  const find = async (key: string, generation: string, read: () => Promise<Page>) => {
    const page = await read();
    await cache.set(key, JSON.stringify({ generation, page } satisfies Kept), PAGE_SECONDS);
    return page;
  };

  /** Many who miss the same page at once read it once. */
  const findOnce = (key: string, generation: string, read: () => Promise<Page>) => {
    const flight = `${generation} ${key}`;
    const found = finding.get(flight) ?? find(key, generation, read).finally(() => finding.delete(flight));
    finding.set(flight, found);
    return found;
  };

  return {
    changed,
    async read(name, read) {
      const key = `users:page:${name}`;
      if (behind) await changed();
      const [known, value] = behind ? [] : await cache.getMany([GENERATION, key]);
      const kept = value === undefined ? undefined : (JSON.parse(value) as Kept);
      if (kept && kept.generation === known) {
        reads.inc({ result: 'hit' });
        return kept.page;
      }
      const generation = behind ? undefined : (known ?? (await begin()).now);
      reads.inc({ result: generation ? 'miss' : 'away' });
      return generation ? findOnce(key, generation, read) : read();
    },
  };
}

const readsOf = (metrics: Metrics) =>
  counter(metrics, {
    name: 'parley_users_pages_total',
    help: 'Pages that the cache may hold, by what became of asking it: hit, miss, or away.',
    labelNames: ['result'],
  });

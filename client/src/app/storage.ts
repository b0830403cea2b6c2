import { type DeviceStore, type IndexedDbStore, openIndexedDbStore, STORE_BUDGET_BYTES } from '@parley/client-library';

export interface Storage {
  readonly kept: DeviceStore;
  /** False: this browser keeps nothing, and what is here lasts as long as the page. */
  readonly lasting: boolean;
  close(): void;
}

/** How often a page that stays open looks whether too much is kept. */
const TRIM_EVERY_MS = 30 * 60_000;

/** A browser that keeps nothing, as some do in a private window, or whose store is broken, still talks for as long as its page lives. */
export async function openStorage(userId: string): Promise<Storage> {
  let opened: IndexedDbStore;
  try {
    // A newer version of the app, in another tab, has taken the database over: only by loading it can this one go on.
    opened = await openIndexedDbStore(userId, { onSuperseded: () => location.reload() });
  } catch {
    const { createMemoryStore } = await import('@parley/client-library/memory');
    return { kept: createMemoryStore(), lasting: false, close: () => {} };
  }
  const trim = () => void opened.trim(STORE_BUDGET_BYTES).catch(() => {});
  const timer = setInterval(trim, TRIM_EVERY_MS);
  trim();
  return {
    kept: opened,
    lasting: true,
    close() {
      clearInterval(timer);
      opened.close();
    },
  };
}

/**
 * [D8] What another tab was still saving while its session ended, and whatever else was left behind: history goes, what
 * somebody wrote and never sent waits for them alone.
 */
export async function sweep(except?: string): Promise<void> {
  for (const { name = '' } of (await indexedDB.databases?.()) ?? []) {
    const userId = /^parley-(.+)$/.exec(name)?.[1];
    if (!userId || userId === except) continue;
    const left = await openIndexedDbStore(userId);
    await left.erase({ keepUnsent: true });
    if ((await left.load()).entries.length === 0) await left.erase();
    left.close();
  }
}

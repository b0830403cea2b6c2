import type { NotificationUp } from '@parley/common/contracts';
import { limits } from '@parley/common/contracts/limits';

type Watch = Extract<NotificationUp, { type: 'watch' }>;

/** Whom each tab has on its screen: the socket they share is told of all of them. */
export function createWatching() {
  const byTab = new Map<string, Watch>();
  return {
    take(tab: string, watch: Watch) {
      byTab.delete(tab);
      byTab.set(tab, watch);
    },
    /** Of the tab that spoke last there are all: it is the one that is looked at. */
    all(): Watch {
      const all = [...byTab.values()].reverse();
      const userIds = [...new Set(all.flatMap((one) => one.userIds))].slice(0, limits.watchedPeople);
      return { type: 'watch', userIds, people: all.some(({ people }) => people) };
    },
    forget: (tab: string) => void byTab.delete(tab),
  };
}

export type Watching = ReturnType<typeof createWatching>;

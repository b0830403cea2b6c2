import { alone, createTabs, systemClock, type Tabs } from '@parley/client-library';

/** What tabs say to each other, and how they take turns: those with another number have sockets of their own. */
const LANGUAGE = 1;

/** The tabs of this browser; a page that came over plain HTTP from another machine has no locks, and is alone. */
export function browserTabs(userId: string): Tabs {
  if (!navigator.locks || !('BroadcastChannel' in globalThis)) return alone();
  return createTabs({
    name: `parley-tabs-${LANGUAGE}-${userId}`,
    id: crypto.randomUUID(),
    locks: navigator.locks,
    openChannel: (name) => new BroadcastChannel(name),
    clock: systemClock,
    isVisible: () => document.visibilityState === 'visible',
    onVisibility(listener) {
      document.addEventListener('visibilitychange', listener);
      return () => document.removeEventListener('visibilitychange', listener);
    },
  });
}

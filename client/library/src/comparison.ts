import type { Clock } from './clock.ts';

/** How often a client makes sure that it lacks nothing, whatever the sockets said. */
export const COMPARE_EVERY_MS = 60_000;

/** After a time without a connection by reading the list, otherwise by versions alone. */
export type CompareBy = 'list' | 'versions';

export interface ComparisonOptions {
  readonly clock: Clock;
  /** Milliseconds between two that nobody asked for. */
  readonly compareEvery?: number | undefined;
  readonly compare: (by: CompareBy) => Promise<void>;
  readonly onFailure: (error: unknown) => void;
}

/**
 * [D7] The lost frame may be the last one, after which no gap shows: what is held is compared with what there is, when
 * asked and every minute. One comparison at a time; asking during one makes it go round once more.
 */
export function createComparison({ clock, compareEvery = COMPARE_EVERY_MS, compare: compareOnce, onFailure }: ComparisonOptions) {
  let stopped = false;
  let cancel: (() => void) | undefined;
  let comparing: Promise<void> | undefined;
  let due: CompareBy | undefined;

  const compare = (by: CompareBy = 'versions'): Promise<void> => {
    if (due !== 'list') due = by;
    comparing ??= untilQuiet().finally(() => {
      comparing = undefined;
    });
    return comparing;
  };

  const untilQuiet = async () => {
    while (due && !stopped) {
      const by = due;
      due = undefined;
      cancel?.();
      await compareOnce(by).catch(onFailure);
    }
    if (!stopped) cancel = clock.after(compareEvery, () => void compare());
  };

  return {
    compare,
    start() {
      stopped = false;
    },
    stop() {
      stopped = true;
      cancel?.();
    },
  };
}

/** Conversations that are asked for at the same time. */
const AT_ONCE = 6;

/** A list of a thousand must not become a thousand requests at once. */
export async function inTurns<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const rest = all.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const one of rest) await work(one);
    }),
  );
}

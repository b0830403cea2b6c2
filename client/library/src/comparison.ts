import type { Clock } from './clock.ts';
import { RequestError } from './requests.ts';

/** How often a client makes sure that it lacks nothing, whatever the sockets said. */
export const COMPARE_EVERY_MS = 60_000;

/** After one that failed the next comes within twice as long each time, up to that. */
const AGAIN_WITHIN_MS = 1_000;

/** After a time without a connection by reading the list, otherwise by versions alone. */
export type CompareBy = 'list' | 'versions';

export interface ComparisonOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** Milliseconds between two that nobody asked for. */
  readonly compareEvery?: number | undefined;
  /** Answers whether everything that is lacking could be fetched. */
  readonly compare: (by: CompareBy) => Promise<boolean>;
  readonly onFailure: (error: unknown) => void;
}

/**
 * [D7] The lost frame may be the last one, after which no gap shows: what is held is compared with what there is, when
 * asked and every minute. One comparison at a time; asking during one makes it go round once more.
 */
export function createComparison({ clock, random, compareEvery = COMPARE_EVERY_MS, compare: compareOnce, onFailure }: ComparisonOptions) {
  let stopped = false;
  let cancel: (() => void) | undefined;
  let comparing: Promise<void> | undefined;
  let due: CompareBy | undefined;
  /** What the last one could not do, whoever asks for less. */
  let owed: CompareBy = 'versions';
  let failures = 0;

  const compare = (by: CompareBy = 'versions'): Promise<void> => {
    if (due !== 'list') due = by;
    comparing ??= untilQuiet().finally(() => {
      comparing = undefined;
    });
    return comparing;
  };

  const untilQuiet = async () => {
    let pause = compareEvery;
    while (due && !stopped) {
      const by = owed === 'list' ? 'list' : due;
      due = undefined;
      cancel?.();
      let toldToWait = 0;
      owed = 'versions';
      const whole = await compareOnce(by).catch((error: unknown) => {
        onFailure(error);
        owed = by;
        if (error instanceof RequestError) toldToWait = (error.retryAfter ?? 0) * 1_000;
        return false;
      });
      failures = whole ? 0 : failures + 1;
      pause = whole ? compareEvery : toldToWait + pauseAfterFailure();
    }
    if (!stopped) cancel = clock.after(pause, () => void compare());
  };

  const pauseAfterFailure = () => random() * Math.min(AGAIN_WITHIN_MS * 2 ** (failures - 1), COMPARE_EVERY_MS);

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

/** A list of a thousand must not become a thousand requests at once. Answers whether none of the work answered false. */
export async function inTurns<T>(all: readonly T[], work: (one: T) => Promise<unknown>): Promise<boolean> {
  const rest = all.values();
  let whole = true;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const one of rest) if ((await work(one)) === false) whole = false;
    }),
  );
  return whole;
}

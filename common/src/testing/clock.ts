import type { Clock } from '../server/clock.ts';

export interface TestClock extends Clock {
  /** Moves on; who slept until then wakes, in order. */
  advance(milliseconds: number): void;
}

/** A clock that moves only when told to. */
export function testClock(start = Date.parse('2026-01-01T00:00:00Z')): TestClock {
  let now = start;
  const sleepers = new Set<{ until: number; wake: () => void }>();
  return {
    now: () => now,
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        const sleeper = { until: now + milliseconds, wake: () => finish() };
        const finish = () => {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', finish);
          resolve();
        };
        if (signal?.aborted || milliseconds <= 0) return resolve();
        sleepers.add(sleeper);
        signal?.addEventListener('abort', finish, { once: true });
      }),
    advance(milliseconds) {
      now += milliseconds;
      const due = [...sleepers].filter(({ until }) => until <= now).sort((one, other) => one.until - other.until);
      for (const { wake } of due) wake();
    },
  };
}

import { type Clock, systemClock } from '@parley/common/server';

/** A clock that can be set to a day in the past, and goes on from the present when it is let go. */
export interface Calendar extends Clock {
  set(milliseconds: number): void;
  letGo(): void;
}

export function createCalendar(): Calendar {
  let past: number | undefined;
  return {
    now: () => past ?? systemClock.now(),
    sleep: systemClock.sleep,
    set(milliseconds) {
      past = milliseconds;
    },
    letGo() {
      past = undefined;
    },
  };
}

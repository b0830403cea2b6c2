import { dayOf } from '../../app/when.ts';
import { isStored, type Line } from './timeline.ts';

/** Messages of one person that follow each other within so long belong together. */
const TOGETHER_MS = 5 * 60_000;

/** How a line stands among its neighbours. */
export interface Placing {
  readonly newDay: boolean;
  /** First and last of those that belong together. */
  readonly first: boolean;
  readonly last: boolean;
}

export const instantOf = (line: Line, skew: number) => (isStored(line) ? Date.parse(line.sentAt) : line.writtenAt + skew);

export function placingOf(lines: readonly Line[], index: number, me: string, skew: number): Placing {
  const line = lines[index] as Line;
  const before = lines[index - 1];
  const after = lines[index + 1];
  return {
    newDay: !before || !sameDay(before, line, skew),
    first: !before || !together(before, line, me, skew),
    last: !after || !together(line, after, me, skew),
  };
}

const sameDay = (one: Line, other: Line, skew: number) => dayOf(instantOf(one, skew)) === dayOf(instantOf(other, skew));
const senderOf = (line: Line, me: string) => (isStored(line) ? line.senderId : me);
const together = (one: Line, other: Line, me: string, skew: number) =>
  senderOf(one, me) === senderOf(other, me) && instantOf(other, skew) - instantOf(one, skew) < TOGETHER_MS && sameDay(one, other, skew);

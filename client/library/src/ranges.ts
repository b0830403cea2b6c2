/** Inclusive stretches of seqs, in order, none touching another: what is held of a history. */
export type Range = readonly [first: number, last: number];
export type Ranges = readonly Range[];

export function addRange(ranges: Ranges, [first, last]: Range): Ranges {
  if (first > last) return ranges;
  let from = first;
  let to = last;
  const before: Range[] = [];
  const after: Range[] = [];
  for (const range of ranges) {
    if (range[1] < first - 1) before.push(range);
    else if (range[0] > last + 1) after.push(range);
    else {
      from = Math.min(from, range[0]);
      to = Math.max(to, range[1]);
    }
  }
  return [...before, [from, to], ...after];
}

export const holds = (ranges: Ranges, seq: number) => ranges.some(([first, last]) => first <= seq && seq <= last);

/** The stretch that holds a seq. */
export const rangeAt = (ranges: Ranges, seq: number) => ranges.find(([first, last]) => first <= seq && seq <= last);

/** Where to read in a history; nothing said: its end. */
export interface Place {
  readonly before?: number;
  readonly after?: number;
  readonly around?: number;
}

/** At most `limit` seqs at a place, as far as they are held without a hole. */
export function stretchAt(ranges: Ranges, { before, after, around }: Place, limit: number): Range | undefined {
  if (before !== undefined) return within(rangeAt(ranges, before - 1), before - limit, before - 1);
  if (after !== undefined) return within(rangeAt(ranges, after + 1), after + 1, after + limit);
  if (around !== undefined) return within(rangeAt(ranges, around), around - Math.floor(limit / 2), around + Math.ceil(limit / 2) - 1);
  const last = ranges.at(-1);
  return last && within(last, last[1] - limit + 1, last[1]);
}

const within = (range: Range | undefined, first: number, last: number): Range | undefined =>
  range && [Math.max(range[0], first), Math.min(range[1], last)];

/** What is left of the ranges from a seq on. */
export const rangesFrom = (ranges: Ranges, first: number): Ranges =>
  ranges.filter((range) => range[1] >= first).map((range): Range => [Math.max(range[0], first), range[1]]);

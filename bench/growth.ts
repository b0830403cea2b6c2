/** One look at something that should stay as it is: when (seconds), and how much. */
export type Point = readonly [at: number, value: number];

export interface Growth {
  /** What the line through the second half rises by from its begin to its end. */
  readonly rise: number;
  /** From the median of the second half's first fifth to that of its last. */
  readonly step: number;
  /** How much it may. */
  readonly allowed: number;
  /** How long the second half was: less than `allowed` in so long is not seen. */
  readonly span: number;
  readonly flat: boolean;
}

/** With fewer looks nothing is said to be flat: they make no line. */
export const LEAST_LOOKS = 8;

/** A twentieth of what it is, and what a process takes and gives back without a reason. */
const ALLOWED_PART = 0.05;
/** With fewer in a fifth, one busy look would be its median. */
const FEWEST = 3;

/**
 * Whether something is flat: over the second half of the time (the first is for caches and pools to fill), it rises by no
 * more than a twentieth of its median, or by no more than `slack`. The slope is the median of those between any two looks (Theil
 * and Sen), which a busy moment that passes, such as the last one, leaves as it is; but so does one step, however large, and so the
 * median of the last fifth of these looks may not lie further above that of the first fifth either.
 */
export function growthOf(points: readonly Point[], slack: number): Growth {
  const [first = [0, 0], last = [0, 0]] = [points[0], points.at(-1)];
  const half = points.filter(([at]) => at >= (first[0] + last[0]) / 2);
  const slopes = half.flatMap(([at, value], index) =>
    half.slice(index + 1).flatMap(([later, then]) => (later > at ? [(then - value) / (later - at)] : [])),
  );
  const span = last[0] - (half[0]?.[0] ?? 0);
  const rise = median(slopes) * span;
  const values = half.map(([, value]) => value);
  const fifth = Math.max(FEWEST, Math.floor(values.length / 5));
  const step = values.length < 2 * fifth ? 0 : median(values.slice(-fifth)) - median(values.slice(0, fifth));
  const allowed = Math.max(slack, median(values) * ALLOWED_PART);
  return { rise, step, allowed, span, flat: Math.max(rise, step) <= allowed };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

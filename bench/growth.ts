/** One look at something that should stay as it is: when (seconds), and how much. */
export type Point = readonly [at: number, value: number];

export interface Growth {
  /** What the line through the second half rises by from its begin to its end. */
  readonly rise: number;
  /** How much it may. */
  readonly allowed: number;
  readonly flat: boolean;
}

/** A twentieth of what it is, and what a process takes and gives back without a reason. */
const ALLOWED_PART = 0.05;

/**
 * Whether something is flat: over the second half of the time (the first is for caches and pools to fill), the straight
 * line of least squares rises by no more than a twentieth of the mean, or by no more than `slack`.
 */
export function growthOf(points: readonly Point[], slack: number): Growth {
  const [first = [0, 0], last = [0, 0]] = [points[0], points.at(-1)];
  const half = points.filter(([at]) => at >= (first[0] + last[0]) / 2);
  const mean = (part: 0 | 1) => half.reduce((sum, point) => sum + point[part], 0) / Math.max(1, half.length);
  const [meanAt, meanValue] = [mean(0), mean(1)];
  const spread = half.reduce((sum, [at]) => sum + (at - meanAt) ** 2, 0);
  const slope = spread === 0 ? 0 : half.reduce((sum, [at, value]) => sum + (at - meanAt) * (value - meanValue), 0) / spread;
  const rise = slope * (last[0] - (half[0]?.[0] ?? 0));
  const allowed = Math.max(slack, meanValue * ALLOWED_PART);
  return { rise, allowed, flat: rise <= allowed };
}

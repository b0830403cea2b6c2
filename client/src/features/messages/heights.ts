/** Rows one above the other: what is known of their heights, and where each of them stands therefore. */
export interface Heights<T> {
  readonly count: number;
  readonly total: number;
  take(rows: readonly T[]): void;
  /** A row is so high; true: that is news. */
  measured(key: string, height: number): boolean;
  isMeasured(key: string): boolean;
  /** All are to be measured anew: the width is another one. */
  forget(): void;
  keyAt(index: number): string | undefined;
  indexOf(key: string): number | undefined;
  /** Where a row begins; of the one behind the last: where the last one ends. */
  top(index: number): number;
  /** The row at a height, or the nearest one. */
  at(y: number): number;
}

export function createHeights<T>(keyOf: (row: T) => string, estimate: (row: T) => number, above: number): Heights<T> {
  const known = new Map<string, number>();
  let indexes = new Map<string, number>();
  let keys: readonly string[] = [];
  let heights = new Float64Array(0);
  let rows: readonly T[] = [];
  let tops = Float64Array.of(above);
  /** The tops up to this one are right. */
  let sound = 0;

  const lay = () => {
    heights = Float64Array.from(rows, (row, index) => known.get(keys[index] as string) ?? estimate(row));
    tops = new Float64Array(rows.length + 1);
    tops[0] = above;
    sound = 0;
  };
  const top = (index: number) => {
    for (; sound < index; sound++) tops[sound + 1] = (tops[sound] as number) + (heights[sound] as number);
    return tops[index] ?? above;
  };

  return {
    get count() {
      return rows.length;
    },
    get total() {
      return top(rows.length);
    },
    take(next) {
      if (next === rows) return;
      rows = next;
      keys = rows.map(keyOf);
      indexes = new Map(keys.map((key, index) => [key, index]));
      lay();
    },
    measured(key, height) {
      if (known.get(key) === height) return false;
      known.set(key, height);
      const index = indexes.get(key);
      if (index === undefined) return false;
      heights[index] = height;
      sound = Math.min(sound, index);
      return true;
    },
    isMeasured: (key) => known.has(key),
    forget() {
      known.clear();
      lay();
    },
    keyAt: (index) => keys[index],
    indexOf: (key) => indexes.get(key),
    top,
    at(y) {
      top(rows.length);
      let [low, high] = [0, Math.max(0, rows.length - 1)];
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((tops[middle] as number) <= y) low = middle;
        else high = middle - 1;
      }
      return low;
    },
  };
}

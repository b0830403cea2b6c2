import type { Outcome } from './outcomes.ts';

type Behind = Extract<Outcome, { name: 'message.stored' }>['data']['behind'];

interface Range {
  readonly from: number;
  readonly version: number;
  readonly only?: string | undefined;
}

/**
 * Each of the two counts the changes that they are told of. What is one person's alone is none for the other: were their
 * version to move all the same, they could read from it when the other reads unseen, or that somebody who seems to be away
 * is not.
 */
export function createCounts(members: readonly [string, string], version: number, [first, second]: readonly [number, number]) {
  const behind = new Map([
    [members[0], first],
    [members[1], second],
  ]);
  const of = (userId: string) => behind.get(userId) ?? 0;
  let last = version;
  return {
    /** The last version of one of the two, as they count. */
    told: (userId: string) => last - of(userId),
    /** The next range, as whoever hears of it counts. */
    next({ from, version: to, only }: Range): Omit<Range, 'only'> & { readonly behind?: Behind } {
      last = to;
      if (only !== undefined) {
        for (const other of members) if (other !== only) behind.set(other, of(other) + to - from);
        return { from: from - of(only), version: to - of(only) };
      }
      const less = [...behind].filter(([, count]) => count > 0);
      return { from, version: to, ...(less.length > 0 && { behind: Object.fromEntries(less) }) };
    },
  };
}

export type Counts = ReturnType<typeof createCounts>;

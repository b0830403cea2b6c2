import { expect, test } from 'vitest';
import { acquaintances } from './gathering.ts';

test.each([1, 2, 6, 12])('of %i pairs everybody talks with somebody, most with several, and no two are acquainted twice', (pairs) => {
  const people = (name: string) => Array.from({ length: pairs }, (_, index) => `${name}${index + 1}`);
  const all = acquaintances(people('Ada'), people('Ben'));
  expect(new Set(all.map((two) => [...two].sort().join())).size).toBe(all.length);
  expect(all.every(([one, other]) => one !== other)).toBe(true);
  const counts = Map.groupBy(all.flat(), (name) => name);
  expect(counts.size).toBe(2 * pairs);
  const talksWith = [...counts.values()].map(({ length }) => length);
  if (pairs > 2) expect(new Set(talksWith)).toEqual(new Set([1, 2, 3]));
});

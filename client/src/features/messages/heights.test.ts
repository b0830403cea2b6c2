import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHeights } from './heights.ts';

const ABOVE = 56;
const stack = (rows: readonly string[]) => {
  const heights = createHeights<string>(
    (row) => row,
    () => 40,
    ABOVE,
  );
  heights.take(rows);
  return heights;
};
const names = (count: number) => Array.from({ length: count }, (_, index) => `row ${index}`);

test('what was not measured is guessed, what was measured is known, and stays known when others come', () => {
  const rows = names(3);
  const heights = stack(rows);
  expect([0, 1, 2, 3].map(heights.top)).toEqual([56, 96, 136, 176]);
  expect(heights.measured('row 1', 100)).toBe(true);
  expect(heights.measured('row 1', 100)).toBe(false);
  expect([0, 1, 2, 3].map(heights.top)).toEqual([56, 96, 196, 236]);
  heights.take(['older', ...rows]);
  expect(heights.indexOf('row 1')).toBe(2);
  expect([heights.top(2), heights.top(3), heights.total]).toEqual([136, 236, 276]);
  heights.forget();
  expect([heights.isMeasured('row 1'), heights.total]).toEqual([false, ABOVE + 160]);
});

test('nothing has no height, and the row at any place of it is the first', () => {
  const heights = stack([]);
  expect([heights.count, heights.total, heights.at(500), heights.keyAt(0)]).toEqual([0, ABOVE, 0, undefined]);
});

test('whatever is measured in whatever order, each row begins where the one before it ends, and is found there', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.array(fc.tuple(fc.nat(59), fc.integer({ min: 1, max: 900 })), { maxLength: 80 }),
      (count, measuring) => {
        const heights = stack(names(count));
        const expected = Array.from({ length: count }, () => 40);
        for (const [index, height] of measuring) {
          if (index >= count) continue;
          heights.measured(`row ${index}`, height);
          expected[index] = height;
          // Asked for in between, as whoever scrolls does.
          heights.top(index >> 1);
        }
        let y = ABOVE;
        for (const [index, height] of expected.entries()) {
          expect(heights.top(index)).toBe(y);
          expect([heights.at(y), heights.at(y + height - 1)]).toEqual([index, index]);
          y += height;
        }
        expect(heights.total).toBe(y);
        expect([heights.at(-1), heights.at(y + 1_000)]).toEqual([0, count - 1]);
      },
    ),
  );
});

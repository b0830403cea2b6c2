import { expect, test } from 'vitest';
import { growthOf, type Point } from './growth.ts';

const looks = (value: (look: number) => number): Point[] => Array.from({ length: 80 }, (_, look) => [look * 15, value(look)]);

test('what fills up at first and then stays is flat, also when it comes and goes, or is busy at the last look', () => {
  expect(
    growthOf(
      looks((look) => Math.min(100, 10 * look)),
      10,
    ),
  ).toMatchObject({ rise: 0, flat: true });
  expect(
    growthOf(
      looks((look) => 176 + (look % 3)),
      10,
    ).flat,
  ).toBe(true);
  expect(
    growthOf(
      looks((look) => (look === 79 ? 294 : 176)),
      10,
    ),
  ).toMatchObject({ rise: 0, flat: true });
});

test('what grows is seen, also when it grows in steps or is given back now and then', () => {
  expect(
    growthOf(
      looks((look) => 100 + look),
      10,
    ),
  ).toMatchObject({ flat: false });
  expect(
    growthOf(
      looks((look) => 100 + 12 * Math.floor(look / 12)),
      10,
    ).flat,
  ).toBe(false);
  expect(
    growthOf(
      looks((look) => 100 + look - (look % 10 === 0 ? 60 : 0)),
      10,
    ).flat,
  ).toBe(false);
});

test('one large step is seen, which leaves most slopes as they are', () => {
  const stepped = growthOf(
    looks((look) => (look < 65 ? 176 : 376)),
    10,
  );
  expect(stepped).toMatchObject({ rise: 0, step: 200, flat: false });
  expect(growthOf([], 10).step).toBe(0);
});

test('nothing grows of what was never looked at, or once', () => {
  expect(growthOf([], 10)).toMatchObject({ rise: 0, flat: true });
  expect(growthOf([[0, 5]], 10)).toMatchObject({ rise: 0, flat: true });
});

import { expect, test } from 'vitest';
import type { Held } from '../bench/inside.ts';
import { conclude, type Outcome } from './conclusion.ts';
import type { Part } from './run.ts';

const held = (heapMiB: number): Held => ({ heapMiB, rssMiB: 200, externalMiB: 10, descriptors: 50, resources: {}, lagMs: 10 });
const partsOf = (count: number, heapMiB: (part: number) => number = () => 50): Part[] =>
  Array.from({ length: count }, (_, part) => ({
    from: part * 100,
    to: (part + 1) * 100,
    seconds: 1,
    held: held(heapMiB(part)),
    honest: { seen: 10, longestMs: 30 },
    inputs: { frames: 100 },
    answers: {},
    findings: [],
  }));
const calm: Outcome = {
  before: [],
  parts: partsOf(10),
  wanted: 1_000,
  talk: { written: 10, seen: 10, sameOrder: true },
  atRest: held(50),
  findings: [],
};
const saidOf = (outcome: Partial<Outcome>) => {
  const { lines, failed } = conclude({ ...calm, ...outcome });
  return { said: lines.join('\n'), failed };
};

test('a run passes that sent all its inputs, found nothing and left everything flat', () => {
  const { said, failed } = saidOf({});
  expect(failed).toBe(false);
  expect(said).toMatch(/Passed/);
  expect(said).not.toMatch(/NOT judged/);
});

test('a run that stopped early fails, and says where it goes on', () => {
  const { said, failed } = saidOf({ wanted: 5_000 });
  expect(failed).toBe(true);
  expect(said).toMatch(/stopped early, at input 1000 of 5000/);
});

test('a run fails whose inputs were mostly given up', () => {
  const parts = partsOf(10).map((part) => ({ ...part, inputs: { frames: 50 }, answers: { 'given up after six sockets': 50 } }));
  expect(saidOf({ parts })).toMatchObject({ failed: true, said: expect.stringMatching(/of 1000 inputs only 500 were taken/) });
});

test('what earlier runs with the seed have sent counts', () => {
  expect(saidOf({ before: partsOf(10), parts: [] }).failed).toBe(false);
});

test('a run with too few looks says that it did not judge whether anything grows', () => {
  const { said, failed } = saidOf({ parts: partsOf(7, (part) => 50 * part), wanted: 700 });
  expect(failed).toBe(false);
  expect(said).toMatch(/NOT judged/);
});

test('what grows, what was found after the last part and what honest people missed fail a run each', () => {
  expect(saidOf({ parts: partsOf(10, (part) => 50 * part) })).toMatchObject({ failed: true, said: expect.stringMatching(/heap.* grows/) });
  expect(saidOf({ findings: [{ what: 'it ended with exit 1' }] })).toMatchObject({
    failed: true,
    said: expect.stringMatching(/1 finding/),
  });
  expect(saidOf({ talk: { written: 10, seen: 9, sameOrder: true } }).failed).toBe(true);
  expect(saidOf({ talk: { written: 10, seen: 11, sameOrder: true } }).failed).toBe(true);
});

import { expect, test } from 'vitest';
import { CLOCK_OFF_MS, type ClockWitness, wrongBy } from './clock-guard.ts';

const noon = Date.UTC(2026, 0, 1, 12);
const clock = { now: () => noon, sleep: async () => {} };
const says =
  (offMs: number): ClockWitness =>
  async () =>
    noon - offMs;
const silent: ClockWitness = () => Promise.reject(new Error('away'));
const minutes = 60_000;

test('a clock is wrong when two others say so', async () => {
  expect(await wrongBy(clock, [says(5 * minutes), says(5 * minutes + 800)])).toBe(5 * minutes);
  expect(await wrongBy(clock, [says(-5 * minutes), says(-5 * minutes - 800)])).toBe(-5 * minutes);
});

test('a few seconds are nothing', async () => {
  expect(await wrongBy(clock, [says(CLOCK_OFF_MS - 1), says(CLOCK_OFF_MS + 1)])).toBe(0);
});

test('one server whose clock is wrong sends nobody away', async () => {
  expect(await wrongBy(clock, [says(5 * minutes), says(0)])).toBe(0);
  expect(await wrongBy(clock, [says(5 * minutes), says(-5 * minutes)])).toBe(0);
  expect(await wrongBy(clock, [says(5 * minutes)])).toBe(0);
});

test('who is away says nothing, and one alone is not believed', async () => {
  expect(await wrongBy(clock, [says(5 * minutes), silent])).toBe(0);
  expect(await wrongBy(clock, [silent, silent])).toBe(0);
});

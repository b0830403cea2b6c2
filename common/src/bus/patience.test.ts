import { expect, test } from 'vitest';
import { Retries } from './patience.ts';

/** Time that passes as it is slept. */
function scene() {
  let now = 0;
  const waits: number[] = [];
  const sleep = async (milliseconds: number) => {
    waits.push(milliseconds);
    now += milliseconds;
  };
  const retries = new Retries({ clock: { now: () => now, sleep }, random: () => 1 }, 100, 5_000);
  const pass = (milliseconds: number) => {
    now += milliseconds;
  };
  return { retries, waits, pass, signal: new AbortController().signal };
}

test('the waits of what fails again and again double up to the most', async () => {
  const { retries, waits, signal } = scene();
  for (let tries = 0; tries < 8; tries++) await retries.pause(signal);
  expect(waits).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
});

test('what succeeds only to break at once waits longer each time, what stood for a while begins anew', async () => {
  const { retries, waits, pass, signal } = scene();
  for (const stood of [10, 10, 4_000, 6_000, 10]) {
    retries.stands();
    pass(stood);
    await retries.pause(signal);
  }
  expect(waits).toEqual([100, 200, 400, 100, 200]);
});

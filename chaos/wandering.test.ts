import type { TcpProxy } from '@parley/common/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Device, Person } from './crowd.ts';
import { createRandom } from './random.ts';
import { startWandering } from './wandering.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The wire of one who wanders, what became of it, and when, in seconds. */
function scene() {
  const done: { what: string; at: number }[] = [];
  const begun = Date.now();
  const does = (what: string) => () => void done.push({ what, at: (Date.now() - begun) / 1000 });
  const wire = { stall: does('stall'), drop: does('drop'), mend: does('mend') } as Partial<TcpProxy> as TcpProxy;
  const person = { name: 'Ben' } as Person;
  const device = { person, parley: { wake: does('wake') } } as unknown as Device;
  return { done, person, wandering: startWandering([{ device, wire }], createRandom(1)) };
}

test('[D9] who wanders is gone without a word for as long as the platform needs to find out, and what was said meanwhile is lost', async () => {
  const { done, person, wandering } = scene();
  expect(wandering.goneSince(person)).toBeUndefined();
  await vi.advanceTimersByTimeAsync(21_000);
  expect(done.map(({ what }) => what)).toEqual(['stall']);
  expect(wandering.goneSince(person)).toBeLessThan(Date.now());
  await vi.advanceTimersByTimeAsync(91_000);
  expect(done.slice(0, 4).map(({ what }) => what)).toEqual(['stall', 'drop', 'mend', 'wake']);
  expect((done[1]?.at ?? 0) - (done[0]?.at ?? 0)).toBeGreaterThanOrEqual(45);
  wandering.stop();
});

test('who is gone when a calm begins stays gone until it is over, and comes back in the end', async () => {
  const { done, person, wandering } = scene();
  await vi.advanceTimersByTimeAsync(21_000);
  wandering.hold(true);
  await vi.advanceTimersByTimeAsync(200_000);
  expect(done.map(({ what }) => what)).toEqual(['stall']);
  wandering.stop();
  expect(done.map(({ what }) => what)).toEqual(['stall', 'drop', 'mend', 'wake']);
  expect(wandering.goneSince(person)).toBeUndefined();
});

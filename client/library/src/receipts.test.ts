import { expect, test } from 'vitest';
import { manualClock } from '../tests/manual-clock.ts';
import { createReceipts, DELIVERED_EVERY_MS } from './receipts.ts';

const bob = '01890000-0000-7000-8000-000000000002';

function setUp() {
  const clock = manualClock();
  const told: number[] = [];
  const receipts = createReceipts({ clock, send: (frames) => told.push(...frames.map(({ seq }) => seq)) });
  return { clock, told, receipts };
}

test('[D6] under load the highest is told, once for all that came within its time', () => {
  const { clock, told, receipts } = setUp();
  for (const seq of [1, 3, 2]) receipts.saved(bob, seq);
  expect(told).toEqual([]);
  clock.advance(DELIVERED_EVERY_MS);
  expect(told).toEqual([3]);
});

test('[D6] what is saved is told also by a tab that lost the sockets and has them again', () => {
  const { clock, told, receipts } = setUp();
  receipts.saved(bob, 1);
  receipts.stop();
  clock.advance(DELIVERED_EVERY_MS);
  expect(told).toEqual([]);
  receipts.saved(bob, 2);
  clock.advance(DELIVERED_EVERY_MS);
  expect(told).toEqual([2]);
});

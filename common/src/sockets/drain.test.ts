import { expect, test } from 'vitest';
import { type Clock, systemClock } from '../server/index.ts';
import type { Device } from './device.ts';
import { drain } from './drain.ts';

const CLOSED = 3;

/** A device that stays until it is closed. */
function staying() {
  const devices = new Set<Device>();
  const why: string[] = [];
  const device = { CLOSED, readyState: CLOSED, tell: () => {}, end: (reason: string) => void why.push(reason) } as unknown as Device;
  devices.add(device);
  return { devices, why };
}

test('[D10] a pod whose clock is set back while it drains is not longer about it', async () => {
  const { devices, why } = staying();
  let slept = 0;
  // Five minutes ahead, until half of the time is over.
  const clock: Clock = {
    ...systemClock,
    now: () => (slept < 500 ? 300_000 : 0) + slept,
    async sleep(milliseconds) {
      slept += milliseconds;
    },
  };
  await drain(devices, { clock, seconds: 1 });
  expect(why).toEqual(['going-away']);
  expect(slept).toBe(1_000);
});

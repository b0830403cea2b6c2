import type { CommonDown } from '../contracts/index.ts';
import type { Clock } from '../server/index.ts';
import type { Device } from './device.ts';

/** Clients are told to go within this part of the time, so that the last ones have arrived elsewhere when it is over. */
const MOVING_PART = 0.75;
/** What the pods that take them in don't feel: where there are few, a pod need not stay for all of its time. */
const MOVING_EACH_SECOND = 100;
const LOOK_MS = 100;

/** Lets the devices of a pod move to others, each at a moment of its own, and closes those that stayed. */
export async function drain(
  devices: Iterable<Device> & { readonly size: number },
  { clock, seconds, random = Math.random }: { clock: Clock; seconds: number; random?: () => number },
): Promise<void> {
  const until = clock.now() + seconds * 1000;
  const within = Math.min(seconds * MOVING_PART, Math.max(1, devices.size / MOVING_EACH_SECOND));
  if (seconds > 0) {
    for (const device of devices) device.tell<CommonDown>({ type: 'move', after: Math.round(random() * within * 1000) });
  }
  // Also counted: a pod that leaves because its clock is ahead may have it set right meanwhile, and that time would not come.
  for (let left = seconds * 1000; devices.size > 0 && left > 0 && clock.now() < until; left -= LOOK_MS) {
    await clock.sleep(Math.min(LOOK_MS, until - clock.now()));
  }
  const staying = [...devices];
  for (const device of staying) device.end('going-away');
  await Promise.all(staying.map(closed));
}

/** Ws waits a bounded time for the client's answer. */
const closed = (device: Device) =>
  new Promise<void>((resolve) => {
    if (device.readyState === device.CLOSED) resolve();
    else device.once('close', () => resolve());
  });

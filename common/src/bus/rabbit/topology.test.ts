import type { Channel } from 'amqplib';
import { expect, test } from 'vitest';
import { testClock } from '../../testing/clock.ts';
import { leave, onChannel } from './topology.ts';

/** A channel of a broker that hangs: whatever is asked of it is never answered. */
const hanging = { on: () => hanging, close: () => new Promise<void>(() => {}) } as unknown as Channel;
const connection = { createChannel: async () => hanging };

test('what was done on a channel counts, also when the broker answers no goodbye', async () => {
  const clock = testClock();
  const done = onChannel(connection, async () => 'declared', clock);
  await new Promise(setImmediate);
  clock.advance(5_000);
  expect(await done).toBe('declared');
});

test('what failed on a channel fails for its own reason, and leaves no channel open', async () => {
  const left: string[] = [];
  const failing = { createChannel: async () => ({ ...hanging, close: async () => void left.push('left') }) as unknown as Channel };
  await expect(onChannel(failing, () => Promise.reject(new Error('not allowed')))).rejects.toThrow('not allowed');
  expect(left).toEqual(['left']);
});

test('one that is closed already is as good as left', async () => {
  await leave({
    close() {
      throw new Error('Channel closed');
    },
  });
});

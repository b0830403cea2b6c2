import { expect, test } from 'vitest';
import { systemClock } from '../server/clock.ts';
import type { Logger } from '../server/log.ts';
import { until } from '../testing/until.ts';
import type { Heard } from './bus.ts';
import { Lane, type Waiting } from './lane.ts';
import { createMeters } from './meters.ts';
import { numberOf, registered, upTo } from './tests/examples.ts';

const waiting = (number: number): Waiting => ({ unpacked: { fact: { name: 'user.registered', data: registered(number) } as Heard } });

test('a lane whose queue can not be told what is over forgets what waits, says so, and goes on', async () => {
  const handled: number[][] = [];
  const errors: unknown[] = [];
  let broken = true;
  const lane = new Lane({
    queue: 'users',
    handle: async (batch) => void handled.push(batch.map(numberOf)),
    onDead: undefined,
    batch: 2,
    attempts: 1,
    done() {
      if (broken) throw new Error('the channel is closing');
    },
    bury: async () => {},
    clock: systemClock,
    random: Math.random,
    log: { error: (about: unknown) => errors.push(about), warn() {} } as unknown as Logger,
    meters: createMeters(undefined).hearing('users'),
  });
  lane.push(upTo(4).map(waiting));
  await until(() => errors.length === 1);
  await lane.idle();
  expect(lane.size).toBe(0);
  broken = false;
  lane.push(upTo(4).map(waiting));
  await until(() => handled.length === 3);
  expect(handled).toEqual([
    [1, 2],
    [1, 2],
    [3, 4],
  ]);
  expect(lane.hearing).toBe(true);
});

import { expect, test } from 'vitest';
import { systemClock } from '../server/clock.ts';
import type { Logger } from '../server/log.ts';
import { until } from '../testing/until.ts';
import type { Heard } from './bus.ts';
import { Lane, type Waiting } from './lane.ts';
import { createMeters } from './meters.ts';
import { early, pace } from './pace.ts';
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

test('a paced lane begins at once after a rest, and one batch a turn while there is something to do', async () => {
  const begun: number[] = [];
  const handled: number[] = [];
  const lane = new Lane({
    queue: 'messages.shard.0',
    handle: async (batch) => {
      begun.push(performance.now());
      handled.push(...batch.map(numberOf));
    },
    onDead: undefined,
    batch: 500,
    paced: true,
    attempts: 1,
    done: () => {},
    bury: async () => {},
    clock: systemClock,
    random: Math.random,
    log: { error() {}, warn() {} } as unknown as Logger,
    meters: createMeters(undefined).hearing('messages.shard.0'),
  });
  let given = 0;
  lane.push([waiting(++given)]);
  expect(begun).toHaveLength(1);
  await until(() => {
    lane.push([waiting(++given)]);
    return begun.length >= 10;
  });
  await lane.close();
  expect(handled).toEqual(upTo(handled.length));
  const turns = begun.map((at) => Math.floor((at + early) / pace));
  expect(new Set(turns).size).toBe(turns.length);
});

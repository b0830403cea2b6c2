import { expect, test } from 'vitest';
import type { Device } from './device.ts';
import { SlowReaders } from './slow-readers.ts';

const bounds = { hintsUpTo: 10, bufferedPerSocket: 100, bufferedPerPod: 150 };

function reader(bufferedAmount: number) {
  const ended: string[] = [];
  return { bufferedAmount, ended, end: (reason: string) => ended.push(reason) } as unknown as Device & {
    bufferedAmount: number;
    ended: string[];
  };
}

test('whoever lets more wait than a socket may is closed', () => {
  const slow = new SlowReaders(bounds);
  const [quick, slower, slowest] = [reader(0), reader(100), reader(101)];
  for (const device of [quick, slower, slowest]) slow.written(device);
  expect([quick.ended, slower.ended, slowest.ended]).toEqual([[], [], ['too-slow']]);
});

test('when the pod holds too much those for whom most waits are closed, and only as many as it takes', () => {
  const slow = new SlowReaders(bounds);
  const [small, large, middle] = [reader(40), reader(90), reader(60)];
  for (const device of [small, large, middle]) slow.written(device);
  slow.look();
  expect(slow.buffered).toBe(190);
  expect([small.ended, large.ended, middle.ended]).toEqual([[], ['too-slow'], []]);
});

test('who has caught up is no longer looked at', () => {
  const slow = new SlowReaders(bounds);
  const device = reader(90);
  slow.written(device);
  device.bufferedAmount = 0;
  slow.look();
  device.bufferedAmount = 1_000;
  slow.look();
  expect(slow.buffered).toBe(0);
});

import { expect, test } from 'vitest';
import { keepRunning } from './keep-running.ts';

test('a server that starts and does not last is started again ever more slowly', async () => {
  const pauses: number[] = [];
  const enough = Promise.withResolvers<void>();
  await using _running = await keepRunning(async () => ({ exited: Promise.resolve(), async stop() {} }), {
    signal: new AbortController().signal,
    tell: () => {},
    async pause(milliseconds, signal) {
      pauses.push(milliseconds);
      if (pauses.length < 9) return;
      enough.resolve();
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    },
  });
  await enough.promise;
  expect(pauses).toEqual([50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
});

import { expect, test } from 'vitest';
import { inOneGo } from './in-one-go.ts';

const long = Array.from({ length: 101 }, (_, index) => index);

/** What was handled, in its order; whatever holds `bad` fails. */
function handling(bad?: number) {
  const handled: number[][][] = [];
  const handle = inOneGo<number>(async (batches) => {
    handled.push(batches.map((batch) => [...batch]));
    if (bad !== undefined && batches.flat().includes(bad)) throw new Error('bad');
  });
  return { handle, handled };
}

test('what is handed in at one time is handled as one', async () => {
  const { handle, handled } = handling();
  await Promise.all([handle([1, 2]), handle([3])]);
  await handle([4]);
  expect(handled).toEqual([[[1, 2], [3]], [[4]]]);
});

test('nobody fails for what another handed in', async () => {
  const { handle, handled } = handling(3);
  const [good, bad] = await Promise.allSettled([handle([1, 2]), handle([3])]);
  expect([good.status, bad.status]).toEqual(['fulfilled', 'rejected']);
  expect(handled).toEqual([[[1, 2], [3]], [[1, 2]], [[3]]]);
});

test('what is much is handled alone', async () => {
  const { handle, handled } = handling();
  await Promise.all([handle([1]), handle(long), handle([2])]);
  expect(handled).toEqual([[long], [[1], [2]]]);
});

import { expect, test } from 'vitest';
import { manualClock } from '../tests/manual-clock.ts';
import { type CompareBy, createComparison } from './comparison.ts';
import { RequestError } from './requests.ts';

/** Lets what was promised happen. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

function setUp(answers: (boolean | Error)[]) {
  const clock = manualClock();
  const compared: CompareBy[] = [];
  const comparison = createComparison({
    clock,
    random: () => 1,
    async compare(by) {
      compared.push(by);
      const answer = answers.shift() ?? true;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    onFailure: () => {},
  });
  const after = async (milliseconds: number) => {
    clock.advance(milliseconds);
    await settled();
    return compared.length;
  };
  return { comparison, compared, after };
}

test('[D7] what could not be compared is compared again soon, in pauses that grow', async () => {
  const { comparison, compared, after } = setUp([new Error('unavailable'), false]);
  await comparison.compare('list');
  expect(await after(999)).toBe(1);
  expect(await after(1)).toBe(2);
  expect(await after(1_999)).toBe(2);
  expect(await after(1)).toBe(3);
  // The list was read the second time; something that it speaks of could not be fetched.
  expect(compared).toEqual(['list', 'list', 'versions']);
  expect(await after(59_999)).toBe(3);
  await after(1);
  expect(compared.at(-1)).toBe('versions');
});

test('[D7] a list that could not be read is still owed when somebody asks for less', async () => {
  const { comparison, compared } = setUp([new Error('unavailable')]);
  await comparison.compare('list');
  await comparison.compare('versions');
  await comparison.compare('versions');
  expect(compared).toEqual(['list', 'list', 'versions']);
});

test('whoever is told to wait waits at least as long', async () => {
  const limited = new RequestError({ code: 'rate-limited', title: 'Too much at once.', retryable: true, retryAfter: 20 });
  const { comparison, after } = setUp([limited]);
  await comparison.compare();
  expect(await after(20_999)).toBe(1);
  expect(await after(1)).toBe(2);
});

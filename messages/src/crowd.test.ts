import { expect, test } from 'vitest';
import { inCrowds } from './crowd.ts';

/** A store that answers when it is told to. */
function openStore(answer: (question: number) => number = (question) => question * 10, now?: () => number) {
  const asked: { questions: readonly number[]; go: () => void }[] = [];
  const ask = inCrowds(async (questions: readonly number[]) => {
    await new Promise<void>((go) => asked.push({ questions, go }));
    return questions.map(answer);
  }, now);
  return { ask, asked, questions: () => asked.map(({ questions }) => questions) };
}

/** Lets what was promised happen. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

test('few people are asked for one by one, and wait for nobody; a crowd waits together and each is given their own answer', async () => {
  const { ask, asked, questions } = openStore();
  const answers = Array.from({ length: 9 }, (_, index) => ask(index));
  await settled();
  expect(questions()).toEqual([[0], [1], [2], [3]]);
  asked[1]?.go();
  expect(await answers[1]).toBe(10);
  await settled();
  expect(questions()[4]).toEqual([4, 5, 6, 7, 8]);
  for (const { go } of asked) go();
  expect(await Promise.all(answers)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80]);
});

test('one that asks what can never be answered is refused alone', async () => {
  const { ask, asked } = openStore((question) => {
    if (question === 5) throw Object.assign(new Error('out of range'), { code: '22003' });
    return question;
  });
  const answers = Array.from({ length: 7 }, (_, index) => ask(index));
  const settledAnswers = Promise.allSettled(answers);
  for (let told = 0, quiet = 0; quiet < 3; quiet++) {
    for (; told < asked.length; told++, quiet = 0) asked[told]?.go();
    await settled();
  }
  expect((await settledAnswers).map(({ status }) => status).filter((status) => status === 'rejected')).toHaveLength(1);
  await expect(answers[5]).rejects.toThrow('out of range');
});

test('whoever has waited for too long is told to come again, and is not asked for', async () => {
  let time = 0;
  const { ask, asked, questions } = openStore(undefined, () => time);
  const answers = Array.from({ length: 6 }, (_, index) => ask(index));
  await settled();
  time = 5_000;
  const late = Promise.allSettled([answers[4], answers[5]]);
  const fresh = ask(6);
  for (const { go } of asked) go();
  expect(await late).toMatchObject([{ reason: { code: 'unavailable' } }, { reason: { code: 'unavailable' } }]);
  await settled();
  expect(questions().at(-1)).toEqual([6]);
  asked.at(-1)?.go();
  expect(await fresh).toBe(60);
});

test('while the store is away nobody waits for it once more', async () => {
  let tries = 0;
  const ask = inCrowds(async () => {
    tries += 1;
    throw Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
  });
  const answers = await Promise.allSettled(Array.from({ length: 50 }, (_, index) => ask(index)));
  expect(answers.every(({ status }) => status === 'rejected')).toBe(true);
  expect(tries).toBeLessThan(10);
});

import { isPoison } from '@parley/common/database';

/** Statements of one kind that run at the same time. */
const LINES = 4;
/** Questions that one statement answers. */
const AT_ONCE = 100;

interface Waiting<Q, A> {
  readonly question: Q;
  readonly answer: PromiseWithResolvers<A>;
}

/**
 * Answers one question by asking the store for many: by itself while a line is free, otherwise together with whoever
 * waits as well. A crowd that comes back becomes a few statements, a single person waits for nobody.
 */
export function inCrowds<Q, A>(ask: (questions: readonly Q[]) => Promise<readonly A[]>): (question: Q) => Promise<A> {
  const waiting: Waiting<Q, A>[] = [];
  let lines = 0;

  const answerAll = async (some: readonly Waiting<Q, A>[]): Promise<void> => {
    try {
      const answers = await ask(some.map(({ question }) => question));
      some.forEach(({ answer }, index) => void answer.resolve(answers[index] as A));
    } catch (error) {
      // One that asks what can't be asked must not spoil it for the others.
      if (some.length > 1 && isPoison(error)) for (const one of some) await answerAll([one]);
      else for (const { answer } of some) answer.reject(error);
    }
  };
  const goThrough = async () => {
    lines += 1;
    while (waiting.length > 0) await answerAll(waiting.splice(0, AT_ONCE));
    lines -= 1;
  };

  return (question) => {
    const answer = Promise.withResolvers<A>();
    waiting.push({ question, answer });
    if (lines < LINES) void goThrough();
    return answer.promise;
  };
}

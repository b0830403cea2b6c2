import { ParleyError } from '@parley/common/contracts';
import { isPoison } from '@parley/common/database';

/** Statements of one kind that run at the same time. */
const LINES = 4;
/** Questions that one statement answers: an answer may be large, and what is too much for one must not be for many. */
const AT_ONCE = 20;
/** Whoever waited for that long is told to come again; they would hardly wait for the answer any more. */
const WAIT_MS = 5_000;

interface Waiting<Q, A> {
  readonly question: Q;
  readonly answer: PromiseWithResolvers<A>;
  readonly since: number;
}

/**
 * Answers one question by asking the store for many: by itself while a line is free, otherwise together with whoever
 * waits as well. A crowd that comes back becomes a few statements.
 */
export function inCrowds<Q, A>(
  ask: (questions: readonly Q[]) => Promise<readonly A[]>,
  now = () => performance.now(),
): (question: Q) => Promise<A> {
  const waiting: Waiting<Q, A>[] = [];
  let lines = 0;

  const answerAll = async (some: readonly Waiting<Q, A>[]): Promise<void> => {
    try {
      const answers = await ask(some.map(({ question }) => question));
      some.forEach(({ answer }, index) => void answer.resolve(answers[index] as A));
    } catch (error) {
      // One that asks what can't be asked must not spoil it for the others.
      if (some.length > 1 && (isPoison(error) || tookTooLong(error))) for (const one of some) await answerAll([one]);
      else for (const { answer } of some) answer.reject(error);
    }
  };
  const goThrough = async () => {
    lines += 1;
    while (waiting.length > 0) {
      const [late, soon] = [waiting.splice(0, lateOnes()), waiting.splice(0, AT_ONCE)];
      for (const { answer } of late) answer.reject(new ParleyError('unavailable', { retryAfter: 1 }));
      if (soon.length > 0) await answerAll(soon);
    }
    lines -= 1;
  };

  const lateOnes = () => {
    const first = waiting.findIndex(({ since }) => now() - since < WAIT_MS);
    return first < 0 ? waiting.length : first;
  };

  return (question) => {
    const answer = Promise.withResolvers<A>();
    waiting.push({ question, answer, since: now() });
    if (lines < LINES) void goThrough();
    return answer.promise;
  };
}

/** The statement, by PostgreSQL's measure or by ours. */
const tookTooLong = (error: unknown) => (error as { code?: unknown }).code === '57014' || (error as Error).message === 'Query read timeout';

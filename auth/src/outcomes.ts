import { ParleyError } from '@parley/common/contracts';
import { counter, type Http, type World } from '@parley/common/server';

export type AnswerRoute = Http['answer'];

/** Somebody who guesses, and a door that is shut by mistake, both show in how often which route says no, and why. */
export function countOutcomes(answer: AnswerRoute, metrics: World['metrics']): AnswerRoute {
  const outcomes = counter(metrics, {
    name: 'parley_auth_outcomes_total',
    help: 'What auth answered, by route and by the code of the refusal',
    labelNames: ['route', 'outcome'],
  });
  return (route, handler) =>
    answer(route, async (input, asked) => {
      try {
        const output = await handler(input, asked);
        outcomes.inc({ route: route.path, outcome: 'done' });
        return output;
      } catch (error) {
        outcomes.inc({ route: route.path, outcome: error instanceof ParleyError ? error.code : 'internal' });
        throw error;
      }
    });
}

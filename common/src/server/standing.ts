import { type Clock, systemClock } from './clock.ts';

/** Whether a session goes on. `unknown`: auth could not be asked. */
export type Standing = 'open' | 'ended' | 'unknown';

export interface StandingsOptions {
  readonly clock: Clock;
  /** Answers those of them that are over. */
  readonly askEnded: (sessionIds: readonly string[]) => Promise<readonly string[]>;
  readonly onAway: (error: unknown) => void;
}

/** As many ids as fit the body of a request. */
const AT_ONCE = 1_000;
/** Longer than a healthy auth takes, shorter than a person minds. */
const ANSWER_MS = 1_000;
/** In a crowd auth is asked this often: a question has a price of its own, however many sessions are in it. */
const EVERY_MS = 20;
/** After auth did not answer nobody waits for it again before this is over. */
const QUIET_MS = 2_000;

/** Asks auth whether sessions go on. Whoever comes while a question is on its way is in the next one, so a crowd is a few questions. */
export function createStandings({ clock, askEnded, onAway }: StandingsOptions): (sessionId: string) => Promise<Standing> {
  const waiting = new Map<string, PromiseWithResolvers<Standing>>();
  let asking = false;
  let askedAt = Number.NEGATIVE_INFINITY;
  let quietUntil = Number.NEGATIVE_INFINITY;

  const take = (most: number) => {
    const taken = [...waiting].slice(0, most);
    for (const [id] of taken) waiting.delete(id);
    return taken;
  };

  const askForAll = async () => {
    asking = true;
    // Whoever comes in the same turn comes along.
    await Promise.resolve();
    while (waiting.size > 0) {
      const rest = askedAt + EVERY_MS - performance.now();
      if (rest > 0) await systemClock.sleep(rest);
      askedAt = performance.now();
      const batch = take(AT_ONCE);
      try {
        const ended = new Set(await inTime(clock, askEnded(batch.map(([id]) => id))));
        for (const [id, { resolve }] of batch) resolve(ended.has(id) ? 'ended' : 'open');
      } catch (error) {
        quietUntil = clock.now() + QUIET_MS;
        for (const [, { resolve }] of [...batch, ...take(waiting.size)]) resolve('unknown');
        onAway(error);
      }
    }
    asking = false;
  };

  return async (sessionId) => {
    if (clock.now() < quietUntil) return 'unknown';
    const asked = waiting.get(sessionId) ?? Promise.withResolvers<Standing>();
    waiting.set(sessionId, asked);
    if (!asking) void askForAll();
    return asked.promise;
  };
}

async function inTime<T>(clock: Clock, answer: Promise<T>): Promise<T> {
  const answered = new AbortController();
  const late = clock.sleep(ANSWER_MS, answered.signal).then(() => {
    throw new Error(`no answer within ${ANSWER_MS} ms`);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    late.catch(() => {});
    answered.abort();
  }
}

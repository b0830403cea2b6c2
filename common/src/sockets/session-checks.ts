import { authRoutes } from '../contracts/index.ts';
import type { Ask, Clock, Logger } from '../server/index.ts';

export interface SessionChecksOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly ask: Ask;
  readonly seconds: number;
  /** The sessions that have a socket here. */
  readonly sessionIds: () => Iterable<string>;
  readonly ended: (sessionIds: ReadonlySet<string>) => void;
}

/** As many ids as fit the body of a request. */
const AT_ONCE = 1_000;
const RETRY_MS = 15_000;

/**
 * A socket outlives the token it was opened with, so its session is asked for again now and then, in bulk: an ending
 * that was not heard (the bus was away) is found here. While auth is away, sockets stay.
 */
export function checkSessions({ clock, log, ask, seconds, sessionIds, ended }: SessionChecksOptions) {
  let nudge = new AbortController();

  const check = async () => {
    const asked = [...new Set(sessionIds())];
    for (let from = 0; from < asked.length; from += AT_ONCE) {
      const answer = await ask(authRoutes.checkSessions, { sessionIds: asked.slice(from, from + AT_ONCE) });
      if (answer.ended.length > 0) ended(new Set(answer.ended));
    }
  };

  return {
    /** Also when one is running: what became doubtful meanwhile is not answered by it. */
    now: () => nudge.abort(),
    async run(signal: AbortSignal) {
      let pause = seconds * 1000;
      while (!signal.aborted) {
        await clock.sleep(pause, AbortSignal.any([signal, nudge.signal]));
        if (signal.aborted) return;
        nudge = new AbortController();
        pause = await check().then(
          () => seconds * 1000,
          (error: unknown) => {
            log.warn({ error }, 'auth could not be asked for the sessions of our sockets');
            return Math.min(RETRY_MS, seconds * 1000);
          },
        );
      }
    },
  };
}

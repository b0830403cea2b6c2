import type { JsonWebKey } from 'node:crypto';
import { authRoutes, type EventData, type Service } from '../contracts/index.ts';
import { createSessions, type Sessions } from './session.ts';
import { createStandings, type Standing } from './standing.ts';
import type { World } from './world.ts';

/** Where auth writes which sessions ended, for as long as their tokens could live. */
export const endedKey = (sessionId: string) => `ended:${sessionId}`;

export interface OpenSessionsOptions {
  /** Auth itself knows its keys; everybody else asks auth. */
  readonly fetchKeys?: () => Promise<readonly JsonWebKey[]>;
  /** Auth itself looks into its table; everybody else asks auth. */
  readonly askEnded?: (sessionIds: readonly string[]) => Promise<readonly string[]>;
  /** For whoever holds something open for a session. */
  readonly onEnded?: (ended: EventData<'session.ended'>) => void;
  /** Endings may have been missed. */
  readonly onGap?: () => void;
  /** Sessions were believed because nobody could tell. */
  readonly onUnknown?: () => void;
}

const RETRY_MS = { first: 200, last: 5_000 };

/**
 * The sessions of a service: believes the tokens of a session that goes on until it hears that it ended. Of one that is
 * new here it asks: the cache can tell that it ended, and only auth that it did not. While auth is away sessions go on.
 */
export async function openSessions(world: World, service: Service, options: OpenSessionsOptions = {}): Promise<Sessions & AsyncDisposable> {
  const { clock, cache, bus, ask, log, pod, knownTokens } = world;
  const fetchKeys = options.fetchKeys ?? (async () => (await ask(authRoutes.keys, {})).keys as JsonWebKey[]);
  const inquire = createStandings({
    clock,
    askEnded: options.askEnded ?? (async (sessionIds) => (await ask(authRoutes.checkSessions, { sessionIds: [...sessionIds] })).ended),
    onAway: (error) => {
      log.warn({ error }, 'auth could not be asked for sessions that are new here');
      options.onUnknown?.();
    },
  });
  const standing = async (sessionId: string): Promise<Standing> =>
    (await cache.get(endedKey(sessionId))) === undefined ? inquire(sessionId) : 'ended';
  const sessions = createSessions({ clock, fetchKeys, standing, ...(knownTokens && { knownTokens }) });
  const hearer = await bus.hear({
    kind: 'pod',
    queue: `${service}.sessions`,
    pod,
    names: ['session.ended'],
    handle: async (batch) => {
      for (const { data } of batch) {
        sessions.end(data.sessionIds);
        options.onEnded?.(data);
      }
    },
    onGap: () => {
      sessions.doubt();
      options.onGap?.();
    },
  });
  const closing = new AbortController();
  // In the background: services start in any order, and the first request may find the keys already here.
  void (async () => {
    for (let pause = RETRY_MS.first; !closing.signal.aborted; pause = Math.min(pause * 2, RETRY_MS.last)) {
      const failed = await sessions.refreshKeys().then(
        () => undefined,
        (error: unknown) => ({ error }),
      );
      if (!failed) return;
      log.warn(failed, 'auth did not give its keys yet');
      await clock.sleep(pause * (0.5 + Math.random() / 2), closing.signal);
    }
  })();

  return {
    ...sessions,
    async [Symbol.asyncDispose]() {
      closing.abort();
      await hearer[Symbol.asyncDispose]();
    },
  };
}

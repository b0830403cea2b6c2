import { setTimeout as delay } from 'node:timers/promises';
import type { Server } from './server.ts';

const RESTART_MS = { first: 50, last: 5_000 };
/** A server that ran this long is well: what ends it then is something new. */
const STEADY_MS = 30_000;

export interface KeepRunning {
  /** Gives up starting. */
  readonly signal: AbortSignal;
  readonly tell: (what: string) => void;
  readonly pause?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** Starts a server and, for as long as nobody stops it, starts it again whenever it ends: ever more slowly while it does not last. */
export async function keepRunning(
  launch: (giveUp: AbortSignal) => Promise<Server>,
  { signal, tell, pause = (milliseconds, signal) => delay(milliseconds, undefined, { signal }) }: KeepRunning,
): Promise<AsyncDisposable> {
  const stopping = new AbortController();
  let server = await launch(signal);
  let wait = RESTART_MS.first;

  const restart = async () => {
    while (!stopping.signal.aborted) {
      await pause(wait, stopping.signal).catch(() => {});
      wait = Math.min(wait * 2, RESTART_MS.last);
      if (stopping.signal.aborted) return;
      try {
        server = await launch(stopping.signal);
        return;
      } catch (error) {
        if (stopping.signal.aborted) return;
        tell(`PostgreSQL does not start again yet: ${(error as Error).message}`);
      }
    }
  };
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      const since = performance.now();
      await server.exited;
      if (stopping.signal.aborted) return;
      if (performance.now() - since >= STEADY_MS) wait = RESTART_MS.first;
      tell('PostgreSQL ended; starting it again');
      await restart();
    }
  })();

  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await server.stop();
      await watching;
      // A restart may have been on its way while this was stopping.
      await server.stop();
    },
  };
}

import { systemClock } from '@parley/common/server';

/** In a crowd a question is asked this often: each has a price of its own, however many keys are in it. */
const EVERY_MS = 20;

/**
 * Answers one key at a time by asking for many: what is asked while a question is under way is asked together in the
 * next one. A storm of devices becomes a few statements, a single device waits for nobody.
 */
export function together<V>(
  find: (keys: readonly string[]) => Promise<ReadonlyMap<string, V>>,
  atOnce = 1_000,
): (key: string) => Promise<V | undefined> {
  let waiting = new Map<string, PromiseWithResolvers<V | undefined>>();
  let asking = false;
  let askedAt = Number.NEGATIVE_INFINITY;

  const ask = async () => {
    asking = true;
    // What is asked in this turn of the event loop belongs together.
    await new Promise(setImmediate);
    while (waiting.size > 0) {
      const rest = askedAt + EVERY_MS - performance.now();
      if (rest > 0) await systemClock.sleep(rest);
      askedAt = performance.now();
      const asked = [...waiting].slice(0, atOnce);
      waiting = new Map([...waiting].slice(atOnce));
      await find(asked.map(([key]) => key)).then(
        (found) => {
          for (const [key, { resolve }] of asked) resolve(found.get(key));
        },
        (error: unknown) => {
          for (const [, { reject }] of asked) reject(error);
        },
      );
    }
    asking = false;
  };

  return (key) => {
    const asked = waiting.get(key) ?? Promise.withResolvers<V | undefined>();
    waiting.set(key, asked);
    if (!asking) void ask();
    return asked.promise;
  };
}

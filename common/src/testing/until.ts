type Truthy<T> = Exclude<T, false | null | undefined | 0 | ''>;

/** Past what anything healthy needs, below the runner's own limit. */
const WITHIN_MS = 15_000;
const LONGEST_PAUSE_MS = 50;

/**
 * Resolves with the first truthy answer of `condition`; one that throws (an `expect`) counts as not yet. Tests wait for
 * what they want to see, never for a time.
 */
export async function until<T>(condition: () => T | Promise<T>, withinMs = WITHIN_MS): Promise<Truthy<T>> {
  const deadline = performance.now() + withinMs;
  let last: unknown = 'the condition stayed false';
  for (let pause = 1; performance.now() < deadline; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      const answer = await condition();
      if (answer) return answer as Truthy<T>;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  throw new Error(`not within ${withinMs} ms: ${last instanceof Error ? last.message : String(last)}`, { cause: last });
}

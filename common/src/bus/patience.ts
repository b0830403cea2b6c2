import type { Clock } from '../server/clock.ts';

/** The wait before the next try, in milliseconds: doubling from `first` to `most`, the upper half of it random, so that many don't return at once. */
export function backoff(tries: number, random: () => number, first: number, most: number): number {
  const whole = Math.min(most, first * 2 ** Math.min(tries - 1, 20));
  return whole / 2 + random() * (whole / 2);
}

/** Milliseconds that something must have stood before its end counts as the first failure again. */
const steady = 5_000;

/** The waits of what is begun again whenever it fails. What succeeds only to break at once waits longer too. */
export class Retries {
  private readonly means: { readonly clock: Clock; readonly random: () => number };
  private readonly first: number;
  private readonly most: number;
  private failures = 0;
  private stoodSince: number | undefined;

  constructor(means: { readonly clock: Clock; readonly random: () => number }, first: number, most: number) {
    this.means = means;
    this.first = first;
    this.most = most;
  }

  /** It works, for now. */
  stands() {
    this.stoodSince = this.means.clock.now();
  }

  /** It failed: resolves when it may be tried again. */
  async pause(signal: AbortSignal) {
    const { clock, random } = this.means;
    if (this.stoodSince !== undefined && clock.now() - this.stoodSince >= steady) this.failures = 0;
    this.stoodSince = undefined;
    await clock.sleep(backoff(++this.failures, random, this.first, this.most), signal);
  }
}

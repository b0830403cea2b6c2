import type { Pool } from 'pg';
import type { Clock } from './clock.ts';
import type { Logger } from './log.ts';

/** Tokens, leases and limits of rate bear that clocks differ by less. */
export const CLOCK_OFF_MS = 30_000;
const LOOK_EVERY_MS = 5_000;
const ANSWER_MS = 2_000;

/** What somebody else's clock says, in milliseconds since 1970. */
export type ClockWitness = () => Promise<number>;

/**
 * By how much this process's clock is wrong; 0 when it is right enough, or when nobody can say. It takes all witnesses, at
 * least two, who agree with each other: one server with a wrong clock must not send away every pod that asks it.
 */
export async function wrongBy(clock: Clock, witnesses: readonly ClockWitness[]): Promise<number> {
  const differences = await Promise.all(
    witnesses.map(async (tell) => {
      const asked = clock.now();
      const told = await tell().catch(() => Number.NaN);
      return (asked + clock.now()) / 2 - told;
    }),
  );
  const [least, most] = [Math.min(...differences), Math.max(...differences)];
  if (differences.length < 2 || !(most - least < CLOCK_OFF_MS)) return 0;
  if (least > CLOCK_OFF_MS) return least;
  return most < -CLOCK_OFF_MS ? most : 0;
}

/** Resolves once this process's clock is right. */
export async function clockRight(clock: Clock, witnesses: readonly ClockWitness[], log: Logger, signal: AbortSignal): Promise<void> {
  for (let off = await wrongBy(clock, witnesses); off !== 0; off = await wrongBy(clock, witnesses)) {
    log.error({ offMs: Math.round(off) }, 'the clock of this machine is wrong: not starting until it is right');
    await clock.sleep(LOOK_EVERY_MS, signal);
    signal.throwIfAborted();
  }
}

/** Says so when this process's clock has become wrong, once. */
export async function watchClock(clock: Clock, witnesses: readonly ClockWitness[], onWrong: (offMs: number) => void, signal: AbortSignal) {
  while (!signal.aborted) {
    await clock.sleep(LOOK_EVERY_MS, signal);
    const off = signal.aborted ? 0 : await wrongBy(clock, witnesses);
    if (off === 0) continue;
    // A machine that slept, or a process that was stopped, asked before and was answered after: once more.
    const again = await wrongBy(clock, witnesses);
    if (again !== 0 && !signal.aborted) return onWrong(again);
  }
}

export const databaseTells =
  (database: Pool): ClockWitness =>
  async () => {
    const { rows } = await database.query<{ now: string }>('SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now');
    return Number(rows[0]?.now);
  };

/** A service says the time with all that it answers, to the second. */
export const serviceTells =
  (base: string): ClockWitness =>
  async () => {
    const response = await fetch(new URL('/health/live', base), { signal: AbortSignal.timeout(ANSWER_MS) });
    await response.arrayBuffer();
    return Date.parse(response.headers.get('date') ?? '');
  };

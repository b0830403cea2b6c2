import type { Clock } from '../server/clock.ts';
import type { Logger } from '../server/log.ts';
import type { Hearer, Hearing } from './bus.ts';
import type { BusMeters } from './meters.ts';

/** Facts that a handler is given at once, at most. */
export const defaultBatch = 500;
/** How often a batch is tried whose handler fails without saying why. */
export const defaultAttempts = 5;
/** Waiting facts of one shard. */
export const defaultBound = 20_000;
/** What a slow pod may leave waiting; past it the pod misses something and is told so. */
export const podBound = 20_000;
/** Milliseconds that a publication may wait for what keeps it, connected or not. */
export const publishPatience = 5_000;
/** Milliseconds that a handler is waited for when its facts were taken away, and when all is to end. */
export const handlerPatience = 10_000;

/** What every part of a bus works with. */
export interface Means {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly meters: BusMeters;
}

export const laneOptions = (hearing: Hearing, queue: string, { clock, random, log, meters }: Means) => ({
  queue,
  handle: hearing.handle,
  onDead: hearing.onDead,
  batch: hearing.batch ?? defaultBatch,
  paced: hearing.kind === 'shards',
  attempts: hearing.attempts ?? defaultAttempts,
  clock,
  random,
  log,
  meters: meters.hearing(queue),
});

export const hearerOf = (parts: readonly { readonly hearing: boolean }[], dispose: () => Promise<void>): Hearer => ({
  get hearing() {
    return parts.every((part) => part.hearing);
  },
  [Symbol.asyncDispose]: dispose,
});

/** True when it was over in time. */
export async function within(milliseconds: number, work: Promise<unknown>, clock: Clock): Promise<boolean> {
  const patience = new AbortController();
  const over = await Promise.race([work.then(() => true), clock.sleep(milliseconds, patience.signal).then(() => false)]);
  patience.abort();
  return over;
}

import type { Fault } from './faults.ts';
import type { Random } from './random.ts';

/** When what happens: faults one after the other, with a breath between them. */
export interface Planned {
  readonly fault: Fault;
  /** Seconds after the one before was healed. */
  readonly after: number;
  readonly seconds: number;
}

/**
 * Every fault on every target once, in an order that the seed decides; a short run takes one target of each kind, and not
 * the same for every seed.
 */
export function plan(faults: readonly Fault[], random: Random, short: boolean): Planned[] {
  const chosen = short
    ? [...Map.groupBy(random.shuffled(faults), ({ kind }) => kind).values()].flatMap((same) => same.slice(0, 2))
    : faults;
  return random.shuffled(chosen).map((fault) => ({
    fault,
    after: random.between(0.5, 2),
    seconds: fault.seconds * random.between(0.7, 1.3) * (short ? 0.6 : 1),
  }));
}

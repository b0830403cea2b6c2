import type { Fault } from './faults.ts';
import type { Random } from './random.ts';

/** One fault, or two of which the second begins while the first lasts. */
export interface Round {
  /** Seconds after the round before was healed. */
  readonly after: number;
  readonly faults: readonly Planned[];
}

export interface Planned {
  readonly fault: Fault;
  /** Seconds after the round began. */
  readonly at: number;
  readonly seconds: number;
}

/** So many faults come without a longer rest between them. */
const CALM_EVERY = 5;
/** How many rounds get a second fault; some of these are left out. */
const TWO_AT_ONCE = 4 / 5;

/**
 * Every fault on every target once, in an order and in company that the seed decides; a short run takes two targets of each
 * kind, and not the same for every seed. Those that are left out had their place, so all others have the same without them.
 */
export function plan(faults: readonly Fault[], random: Random, short: boolean, isLeftOut = (_fault: Fault) => false): Round[] {
  // What has to last long is for a full run.
  const chosen = short ? twoOfEach(random.shuffled(faults), (fault) => fault.least !== undefined || isLeftOut(fault)) : faults;
  const lasting = ({ seconds, least = 0 }: Fault) => Math.max(least, seconds * random.between(0.7, 1.3) * (short ? 0.6 : 1));
  const waiting = random.shuffled(chosen);
  const rounds: Round[] = [];
  for (let fault = waiting.shift(); fault; fault = waiting.shift()) {
    const first = { fault, at: 0, seconds: lasting(fault) };
    const second = random.chance(TWO_AT_ONCE) ? take(waiting, (other) => mayMeet(first.fault, other)) : undefined;
    const company = second ? [{ fault: second, at: first.seconds * random.between(0.1, 0.8), seconds: lasting(second) }] : [];
    rounds.push({ after: random.between(0.5, 2), faults: [first, ...company] });
  }
  return rounds.flatMap(({ after, faults: both }) => {
    const left = both.filter(({ fault }) => !isLeftOut(fault));
    return left.length > 0 ? [{ after, faults: left }] : [];
  });
}

const twoOfEach = (faults: readonly Fault[], isLeftOut: (fault: Fault) => boolean) =>
  [...Map.groupBy(faults, ({ kind }) => kind).values()].flatMap((same) => same.filter((fault) => !isLeftOut(fault)).slice(0, 2));

function take(waiting: Fault[], fits: (fault: Fault) => boolean): Fault | undefined {
  const at = waiting.findIndex(fits);
  return at < 0 ? undefined : waiting.splice(at, 1)[0];
}

/**
 * Two that harm the same would heal each other: a wire that is mended is mended of everything, and one that is frozen can
 * not be told to stop. One that has to start something is not left without what that needs.
 */
export function mayMeet(one: Fault, other: Fault): boolean {
  const takes = ({ harms }: Fault, { harms: also, needs }: Fault) => harms.some((name) => also.includes(name) || needs.includes(name));
  return !takes(one, other) && !takes(other, one);
}

/** A fault that has begun. */
export interface Broken {
  readonly kind: string;
  readonly target: string;
  /** What was broken already. */
  readonly during?: string;
  readonly from: number;
  /** For ever, while it lasts. */
  until: number;
}

export interface Doing {
  readonly rounds: readonly Round[];
  readonly seconds: (count: number) => Promise<void>;
  readonly begins: (broken: Broken) => void;
  /** Something is broken, and after it comes a calm. */
  readonly hush: () => void;
  /** Nothing is broken until it ends. */
  readonly calm: () => Promise<void>;
}

/**
 * Harms and heals, round by round. What is broken is healed also when the run is stopped, or when another can not be healed:
 * what is frozen could not end.
 */
export async function carryOut({ rounds, seconds, begins, hush, calm }: Doing): Promise<void> {
  let sinceCalm = 0;
  for (const [index, { after, faults }] of rounds.entries()) {
    await seconds(after);
    const isCalmNext = sinceCalm + faults.length >= CALM_EVERY || index === rounds.length - 1;
    const done = faults.map(async ({ fault, at, seconds: lasting }) => {
      await seconds(at);
      const { kind, target } = fault;
      const first = faults[0]?.fault;
      const during = first && first !== fault ? { during: `${first.kind}: ${first.target}` } : {};
      const broken: Broken = { kind, target, ...during, from: Date.now(), until: Number.POSITIVE_INFINITY };
      begins(broken);
      await fault.harm();
      try {
        await seconds(lasting / 2);
        if (isCalmNext && fault === first) hush();
        await seconds(lasting / 2);
      } finally {
        await fault.heal();
      }
      broken.until = Date.now();
    });
    for (const end of await Promise.allSettled(done)) if (end.status === 'rejected') throw end.reason;
    sinceCalm += faults.length;
    if (sinceCalm < CALM_EVERY) continue;
    sinceCalm = 0;
    await calm();
  }
}

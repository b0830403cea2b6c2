import type { Ledger, Violation } from './ledger.ts';
import type { Broken } from './schedule.ts';

export interface Report {
  readonly seed: number;
  /** It was stopped, or could not go on: nothing was held against the store in the end. */
  readonly cutShort?: true;
  readonly seconds: number;
  readonly faults: readonly Pick<Broken, 'kind' | 'target' | 'during'>[];
  readonly leftOut: readonly string[];
  readonly operations: Readonly<Record<string, number>>;
  readonly attempted: number;
  readonly ticked: number;
  readonly medianMs: number;
  readonly longestMs: number;
  /** Those that took longest until their tick, and what was broken meanwhile. */
  readonly slowest: readonly Slow[];
  /** What went wrong on devices, and how often; they have to live with it. */
  readonly failures: readonly { readonly what: string; readonly count: number }[];
  readonly violations: readonly Violation[];
}

export interface Slow {
  readonly device: string;
  /** Seconds since the talk began. */
  readonly written: number;
  readonly ticked: number;
  readonly broken: readonly string[];
}

const SLOWEST = 5;

interface Findings extends Pick<Report, 'seed' | 'leftOut' | 'operations'> {
  readonly begun: number;
  readonly broken: readonly Broken[];
  readonly ledger: Ledger;
  /** Devices that are not there for a while on purpose: how long they wait is their own matter. */
  readonly vanishing: ReadonlySet<string>;
  readonly failures: ReadonlyMap<string, number>;
}

export function reportOf({ seed, begun, broken, leftOut, operations, ledger, vanishing, failures }: Findings): Report {
  const sinceBegun = (at: number) => Math.round((at - begun) / 100) / 10;
  const waits = [...ledger.attempts.values()]
    .flatMap(({ device, writtenAt, ticked }) => (ticked && !vanishing.has(device) ? [{ device, from: writtenAt, until: ticked.at }] : []))
    .sort((one, other) => one.until - one.from - (other.until - other.from));
  const took = waits.map(({ from, until }) => until - from);
  return {
    seed,
    seconds: Math.round((Date.now() - begun) / 1000),
    faults: broken.map(({ kind, target, during }) => ({ kind, target, ...(during && { during }) })),
    leftOut,
    operations,
    attempted: ledger.attempts.size,
    ticked: [...ledger.attempts.values()].filter(({ ticked }) => ticked).length,
    medianMs: took[Math.floor(took.length / 2)] ?? 0,
    longestMs: took.at(-1) ?? 0,
    slowest: slowestOf(waits).map(({ device, from, until }) => ({
      device,
      written: sinceBegun(from),
      ticked: sinceBegun(until),
      broken: broken.filter((one) => one.from < until && one.until > from).map(({ kind, target }) => `${kind}: ${target}`),
    })),
    failures: [...failures].map(([what, count]) => ({ what, count })).sort((one, other) => other.count - one.count),
    violations: ledger.violations,
  };
}

export const nameOf = ({ kind, target, during }: Report['faults'][number]) => `${kind}: ${target}${during ? ` (during ${during})` : ''}`;

interface Wait {
  readonly device: string;
  readonly from: number;
  readonly until: number;
}

/** One of each device: what waits behind a message is slow for the same reason. */
const slowestOf = (waits: readonly Wait[]) =>
  [...new Map(waits.map((wait) => [wait.device, wait])).values()]
    .toSorted((a, b) => b.until - b.from - (a.until - a.from))
    .slice(0, SLOWEST);

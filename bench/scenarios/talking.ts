import { isWhole, type Outcome, openPairs, type Pairs, pause } from '../load.ts';
import type { System } from '../systems/system.ts';
import type { Extent, Scenario } from './scenario.ts';

/** The rates that the search for the highest goes through: each is about a sixth more than the one before. */
const RATES = [
  100, 120, 140, 170, 200, 240, 280, 330, 400, 500, 600, 700, 850, 1_000, 1_200, 1_400, 1_700, 2_000, 2_400, 2_800, 3_300, 4_000, 5_000,
  6_000, 7_000, 8_500, 10_000, 12_000, 14_000, 17_000, 20_000, 24_000, 28_000, 33_000, 40_000, 48_000, 57_000, 68_000, 80_000, 96_000,
  110_000, 130_000, 160_000, 190_000,
];
/** A system that keeps up has shown the last message this soon after it was due. */
const KEEPS_UP_MS = 1_000;
export const keepsUp = (outcome: Outcome) => isWhole(outcome) && outcome.behindMs <= KEEPS_UP_MS;

export const throughput = (pairs: number, name: string): Scenario => ({
  name,
  title: `stored and delivered per second at most, ${pairs} pairs`,
  of: 'any',
  measure: (system, extent, from) => highest(system, extent.pairs ?? pairs, extent, from),
});

/** The way of a message alone: chat sockets, no notices, no receipts. */
export const bare: Scenario = {
  name: 'throughput-bare',
  title: 'stored and delivered per second at most, 100 pairs, without receipts and notices',
  of: 'parley',
  measure: (system, extent) => highest(system, 100, extent, 10_000, true),
};

async function highest(system: System, pairs: number, extent: Extent, from: number, bare = false) {
  const talkers = await openPairs(system, pairs, bare);
  await talkers.warm();
  const { best, tried } = await climb(talkers, extent, from);
  talkers.close();
  const most = bestOf(tried);
  return { pairs, perSecond: most ? perSecond(most) : 0, held: best?.rate ?? 0, tried };
}

/** What was stored and shown, by the time from the first being due to the last being shown: offered too much, it is what a system can do. */
export const perSecond = ({ sent, rate, behindMs }: Pick<Outcome, 'sent' | 'rate' | 'behindMs'>) =>
  Math.round(sent / (sent / rate + behindMs / 1_000));

/** The step of which the most came; undefined where nothing ever arrived whole. */
export const bestOf = (tried: readonly Outcome[]): Outcome | undefined =>
  tried.filter(isWhole).toSorted((one, other) => perSecond(other) - perSecond(one))[0];

/** Up from where it is likely to hold until it does not; down, when it never did. */
async function climb(talkers: Pairs, { quick, rate: only, tell }: Extent, from: number) {
  const seconds = quick ? 2 : only === undefined ? 4 : 10;
  const tried: Outcome[] = [];
  const holds = async (rate: number | undefined) => {
    if (rate === undefined) return;
    const outcome = await talkers.talk(rate, seconds);
    tried.push(outcome);
    const held = keepsUp(outcome);
    tell(`${rate}/s: ${held ? 'keeps up' : 'does not'}; ${said(outcome)}`);
    if (only !== undefined) tell(`µs a message by process: ${JSON.stringify(outcome.parts)}`);
    await pause(500);
    return held ? outcome : undefined;
  };
  if (only !== undefined) return { best: await holds(only), tried };
  let place = RATES.findIndex((rate) => rate >= from);
  let best = await holds(RATES[place]);
  if (best) for (let higher: Outcome | undefined = best; higher; best = higher ?? best) higher = await holds(RATES[++place]);
  else while (!best && place > 0) best = await holds(RATES[--place]);
  return { best, tried };
}

export const latency = (rate: number): Scenario => ({
  name: `latency-${rate}`,
  title: `latency at ${rate} per second, 100 pairs`,
  of: 'any',
  async measure(system: System, { quick, tell }) {
    const talkers = await openPairs(system, 100);
    await talkers.warm();
    const half = await talkers.talk(rate / 2, 2);
    // What drowns at half of it is not held under for longer.
    const outcome = half.behindMs > KEEPS_UP_MS ? half : await talkers.talk(rate, quick ? 3 : 10);
    tell(said(outcome));
    talkers.close();
    return { pairs: 100, keepsUp: outcome !== half && keepsUp(outcome), ...outcome };
  },
});

const said = (outcome: Outcome) =>
  `${outcome.sent} sent, ${outcome.shown} shown, ${outcome.stored ?? 'none'} stored, ${outcome.refused} refused, ${outcome.twice} twice, ` +
  `${outcome.disordered} out of order; p50 ${outcome.p50} ms, p99 ${outcome.p99} ms, ${outcome.behindMs} ms behind; ` +
  `${outcome.systemMicroseconds} µs of processor a message, generator ${outcome.generatorMicroseconds} µs; others took ${outcome.others} % of the machine`;

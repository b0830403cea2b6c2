import { cpus } from 'node:os';
import { machineProcessor, ownProcessor, systemProcessor } from './machine.ts';
import type { Device, System } from './systems/system.ts';
import { createNumbers } from './wire/numbers.ts';

/** What came of messages that were sent at a fixed rate, whatever the system answered. */
export interface Outcome {
  readonly rate: number;
  readonly sent: number;
  readonly shown: number;
  /** Found in the database afterwards; null where nothing is kept. */
  readonly stored: number | null;
  readonly refused: number;
  readonly twice: number;
  readonly disordered: number;
  /** From the moment that a message was due to the peer's receipt, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** When the last one came, after the last was due. */
  readonly behindMs: number;
  /** Microseconds of processor a message: the system's and the generator's. */
  readonly systemMicroseconds: number;
  readonly parts: Readonly<Record<string, number>>;
  readonly generatorMicroseconds: number;
  /** The share of the machine that others took meanwhile, in per cent. */
  readonly others: number;
}

/** A device of a person under load tells at the most once in so many milliseconds what it has, as Parley's client library does. */
export const DELIVERED_EVERY_MS = 250;
const TICK_MS = 1;
/** After so long without a message the rest is taken for lost. */
const SILENCE_MS = 5_000;
const AT_ONCE = 50;

interface Run {
  readonly first: number;
  readonly rate: number;
  readonly begun: number;
  readonly latencies: Float64Array;
  shown: number;
  last: number;
}

/** Pairs of people of whom one writes and the other reads and tells so. */
export async function openPairs(system: System, pairs: number, bare = false) {
  await system.people(2 * pairs);
  let run: Run | undefined;
  let next = 0;
  let refused = 0;
  let twice = 0;
  let disordered = 0;

  const openPair = async (pair: number) => {
    const [writer, reader] = [2 * pair, 2 * pair + 1];
    let count = 0;
    let last = -1;
    let telling = false;
    const tell = () => {
      telling = false;
      his.delivered(writer, count, last);
    };
    const text = createNumbers((number) => {
      if (!run || number < run.first) return;
      const now = performance.now();
      const place = number - run.first;
      if (run.latencies[place] !== 0) {
        twice += 1;
        return;
      }
      if (number < last) {
        if (system.keepsOrder) throw new Error(`${number} was shown after ${last}`);
        disordered += 1;
      }
      last = number;
      count += 1;
      run.latencies[place] = now - (run.begun + (place / run.rate) * 1_000);
      run.shown += 1;
      run.last = now;
      if (telling || bare) return;
      telling = true;
      setTimeout(tell, DELIVERED_EVERY_MS);
    });
    const hers = await system.device(writer, { refused: () => (refused += 1), bare });
    const his: Device = await system.device(reader, { text, bare });
    return { say: (number: number) => hers.say(reader, number), devices: [hers, his] };
  };
  const talkers = await inTurns(pairs, AT_ONCE, openPair);

  const talk = async (rate: number, seconds: number): Promise<Outcome> => {
    const messages = Math.round(rate * seconds);
    const before = { stored: await system.stored(), system: systemProcessor(), own: ownProcessor(), machine: machineProcessor() };
    [refused, twice, disordered] = [0, 0, 0];
    const current: Run = { first: next, rate, begun: performance.now(), latencies: new Float64Array(messages), shown: 0, last: 0 };
    run = current;
    next += messages;
    for (let sent = 0; sent < messages; await pause(TICK_MS)) {
      const due = Math.min(messages, Math.floor(((performance.now() - current.begun) / 1_000) * rate) + 1);
      for (; sent < due; sent++) talkers[sent % pairs]?.say(current.first + sent);
    }
    const ended = current.begun + ((messages - 1) / rate) * 1_000;
    for (let quiet = performance.now(); current.shown < messages && performance.now() - Math.max(quiet, current.last) < SILENCE_MS; ) {
      await pause(20);
      if (current.last === 0) quiet = Math.min(quiet, ended);
    }
    const parts = Object.entries(systemProcessor()).map(([name, seconds]) => [name, seconds - (before.system[name] ?? 0)] as const);
    const cost = { system: parts.reduce((sum, [, seconds]) => sum + seconds, 0), own: ownProcessor() - before.own };
    const others = machineProcessor() - before.machine - cost.system - cost.own;
    const offered = (cpus().length * (performance.now() - current.begun)) / 1_000;
    const stored = await storedSince(before.stored, messages);
    const times = current.latencies.filter((time) => time !== 0).sort();
    const at = (share: number) => round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN);
    return {
      rate,
      sent: messages,
      shown: current.shown,
      stored,
      refused,
      twice,
      disordered,
      p50: at(0.5),
      p99: at(0.99),
      max: at(1),
      behindMs: round(Math.max(0, current.last - ended)),
      systemMicroseconds: round((cost.system / current.shown) * 1e6),
      parts: Object.fromEntries(
        parts.map(([name, seconds]) => [name, Math.round((seconds / current.shown) * 1e6)]).filter(([, each]) => each !== 0),
      ),
      generatorMicroseconds: round((cost.own / current.shown) * 1e6),
      others: Math.max(0, Math.round((100 * others) / offered)),
    };
  };

  /** Some store after they deliver: what is looked for has a moment to appear. */
  const storedSince = async (before: number | undefined, wanted: number): Promise<number | null> => {
    if (before === undefined) return null;
    for (let looks = 0; ; looks++) {
      const stored = ((await system.stored()) ?? 0) - before;
      if (stored >= wanted || looks === 10) return stored;
      await pause(200);
    }
  };

  return {
    talk,
    /** So that every conversation exists and every path is warm. */
    async warm() {
      await talk(Math.max(200, pairs / 2), Math.max(2, (pairs * 2) / Math.max(200, pairs / 2)));
    },
    close() {
      for (const { devices } of talkers) for (const device of devices) device.close();
    },
  };
}

export type Pairs = Awaited<ReturnType<typeof openPairs>>;

/** All of it arrived once and was found stored. */
export const isWhole = ({ sent, shown, stored, refused, twice }: Outcome) =>
  shown === sent && (stored === null || stored === sent) && refused + twice === 0;

/** Makes many of something, so many at a time, in order. */
export async function inTurns<T>(count: number, atOnce: number, make: (index: number) => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  while (made.length < count) {
    const from = made.length;
    made.push(...(await Promise.all(Array.from({ length: Math.min(atOnce, count - from) }, (_, index) => make(from + index)))));
  }
  return made;
}

export const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
export const round = (value: number) => Math.round(value * 100) / 100;

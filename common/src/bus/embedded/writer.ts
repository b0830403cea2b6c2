import { ParleyError } from '../../contracts/index.ts';
import type { Heard } from '../bus.ts';
import { type Means, publishPatience } from '../hearing.ts';
import { backoff } from '../patience.ts';
import type { KeptRow, Store } from './store.ts';

/** A fact for whoever hears its name. */
export interface OpenFact {
  readonly fact: Heard;
  readonly packed: string;
  readonly queues: readonly string[];
}
export interface WrittenRow extends KeptRow {
  readonly heard: Heard;
}

/** What was published in one tick. */
interface Tick {
  readonly facts: OpenFact[];
  readonly deadline: number;
  refused: boolean;
  readonly settled: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const sweepEvery = 250;
const rowsPerInsert = 5_000;

export interface WriterOptions {
  readonly store: Store;
  readonly means: Means;
  readonly written: (facts: readonly OpenFact[], rows: readonly WrittenRow[]) => void;
  readonly onAway: (away: boolean) => void;
  /** An insert may have been committed whose answer never came: there may be rows that nobody was offered. */
  readonly onUnanswered: () => void;
}

/** One insert at a time; all that is published meanwhile is the next one. So the order of the ids is the order of the facts. */
export class Writer {
  private readonly options: WriterOptions;
  private line: Tick[] = [];
  private current: Tick | undefined;
  private writing: Promise<void> | undefined;
  private readonly closing = new AbortController();

  constructor(options: WriterOptions) {
    this.options = options;
  }

  publish(fact: OpenFact): Promise<void> {
    if (this.closing.signal.aborted) return Promise.reject(new ParleyError('bus-away', { retryAfter: 1 }));
    this.current ??= this.newTick();
    this.current.facts.push(fact);
    return this.current.settled;
  }

  /** Work on the queues between two inserts. */
  between<T>(work: () => Promise<T>): Promise<T> {
    const done = (this.writing ?? Promise.resolve()).then(work);
    this.begin(
      done.then(
        () => {},
        () => {},
      ),
    );
    return done;
  }

  async close() {
    await Promise.allSettled([this.current, ...this.line].map((tick) => tick?.settled));
    this.closing.abort();
    await this.writing;
  }

  private newTick(): Tick {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const tick: Tick = {
      facts: [],
      deadline: this.options.means.clock.now() + publishPatience,
      refused: false,
      settled: promise,
      resolve,
      reject,
    };
    setImmediate(() => {
      this.current = undefined;
      this.line.push(tick);
      if (!this.writing) this.begin(this.write());
    });
    return tick;
  }

  private begin(work: Promise<void>) {
    const writing = work.then(() => {
      if (this.writing !== writing) return;
      this.writing = undefined;
      if (this.line.length > 0) this.begin(this.write());
    });
    this.writing = writing;
  }

  private async write() {
    const ticks = this.take();
    const facts = ticks.flatMap((tick) => tick.facts);
    const planned = facts.flatMap(({ fact, packed, queues }) => queues.map((queue) => ({ queue, fact: packed, heard: fact })));
    const ids = planned.length === 0 ? [] : await this.insert(planned, ticks);
    if (!ids) return;
    this.options.written(
      facts,
      planned.map((row, index) => ({ ...row, id: ids[index] ?? 0 })),
    );
    for (const tick of ticks) tick.resolve();
  }

  private take(): Tick[] {
    let rows = 0;
    const until = this.line.findIndex((tick) => {
      rows += tick.facts.length;
      return rows > rowsPerInsert;
    });
    return this.line.splice(0, until === -1 ? this.line.length : Math.max(until, 1));
  }

  /** Undefined when it was given up: everything in the line is refused with it, so that nothing overtakes it. */
  private async insert(rows: readonly { queue: string; fact: string }[], ticks: readonly Tick[]): Promise<number[] | undefined> {
    const watch = new AbortController();
    void this.watch(ticks, watch.signal);
    try {
      for (let tries = 1; ; tries++) {
        try {
          const ids = await this.options.store.insert(rows);
          this.options.onAway(false);
          return ids;
        } catch (error) {
          this.options.means.log.warn({ err: error }, 'The tables of the bus are away');
          this.options.onAway(true);
          this.options.onUnanswered();
          const refused = ticks.some((tick) => tick.refused);
          if (refused || this.late(ticks) || this.closing.signal.aborted) return refused ? undefined : this.refuse(ticks);
          await this.options.means.clock.sleep(backoff(tries, this.options.means.random, 50, 1_000), this.closing.signal);
        }
      }
    } finally {
      watch.abort();
    }
  }

  private late(ticks: readonly Tick[]) {
    const [oldest] = ticks;
    return oldest !== undefined && oldest.deadline <= this.options.means.clock.now();
  }

  private async watch(ticks: readonly Tick[], signal: AbortSignal) {
    while (!signal.aborted) {
      await this.options.means.clock.sleep(sweepEvery, signal);
      const waiting = [...ticks, ...this.line].filter((tick) => !tick.refused);
      if (!signal.aborted && this.late(waiting)) this.refuse(ticks);
    }
  }

  private refuse(ticks: readonly Tick[]): undefined {
    for (const tick of [...ticks, ...this.line.splice(0)]) {
      tick.refused = true;
      tick.reject(new ParleyError('bus-away', { retryAfter: 1 }));
    }
  }
}

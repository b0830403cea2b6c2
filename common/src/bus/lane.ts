import { ParleyError } from '../contracts/index.ts';
import { type Clock, systemClock } from '../server/clock.ts';
import type { Logger } from '../server/log.ts';
import { Away, type Heard, Poison } from './bus.ts';
import type { HearingMeters } from './meters.ts';
import { early, pace, untilTurn } from './pace.ts';
import { backoff } from './patience.ts';
import type { Unpacked } from './wire.ts';

/** Something that waits in a queue: a fact, or what can't be read as one. */
export interface Waiting {
  readonly unpacked: Unpacked;
}

export interface LaneOptions<W extends Waiting> {
  readonly queue: string;
  readonly handle: (batch: readonly Heard[]) => Promise<void>;
  readonly onDead: ((fact: Heard, reason: unknown) => Promise<void> | void) | undefined;
  readonly batch: number;
  /** Whether less than a whole batch waits for the next turn, if one was begun in this. */
  readonly paced?: boolean;
  readonly attempts: number;
  /** Whether two that came one after the other are over together or not at all. */
  readonly together?: (one: W, other: W) => boolean;
  /** These are over, in the order they came: the queue may forget them. */
  readonly done: (over: readonly W[]) => void;
  /** Resolves when it is safe among the dead letters. */
  readonly bury: (waiting: W, reason: string) => Promise<void>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly meters: HearingMeters;
}

const firstRetry = 100;
const lastRetry = 5_000;

/**
 * What one queue hands to its handler: batches one after another, in order. All that waits while a batch is handled is
 * the next batch, so batches grow by themselves under load and are of one fact when there is none.
 */
export class Lane<W extends Waiting> {
  private readonly options: LaneOptions<W>;
  private items: W[] = [];
  private head = 0;
  private running: Promise<void> | undefined;
  private stop = new AbortController();
  private stopped = false;
  private lastTaken: W | undefined;
  private paused = false;
  private begunAt = Number.NEGATIVE_INFINITY;

  constructor(options: LaneOptions<W>) {
    this.options = options;
  }

  get size() {
    return this.items.length - this.head;
  }

  /** False while a batch is kept because something is in its way. */
  get hearing() {
    return !this.paused;
  }

  push(waiting: readonly W[]) {
    if (this.stopped) return;
    for (const one of waiting) this.items.push(one);
    this.options.meters.waiting(this.size);
    this.start();
  }

  /** Forgets what waits, and what becomes of the running batch: the queue will bring them again. */
  clear() {
    this.items = [];
    this.head = 0;
    this.stop.abort();
    this.stop = new AbortController();
    this.paused = false;
    this.options.meters.waiting(0);
  }

  /** Takes nothing more; resolves when the running batch is over, with all that belongs to it. */
  async close() {
    this.stopped = true;
    this.items = this.items.slice(this.head, this.head + this.begun());
    this.head = 0;
    if (this.paused) this.stop.abort();
    await this.running;
  }

  /** How many of the next ones belong to what was taken last. */
  private begun(): number {
    const { lastTaken } = this;
    const { together } = this.options;
    if (!lastTaken || !together || !this.running) return 0;
    let count = 0;
    for (let index = this.head; index < this.items.length; index++, count++) {
      const next = this.items[index];
      if (!next || !together(lastTaken, next)) break;
    }
    return count;
  }

  /** Resolves when the running batch is over. */
  async idle() {
    await this.running;
  }

  /** Goes on without a handler that never returned. */
  abandon() {
    this.running = undefined;
    this.start();
  }

  private start() {
    if (this.running || this.stopped || this.size === 0) return;
    const running = this.run()
      .catch((error: unknown) => this.giveUp(error))
      .finally(() => {
        if (this.running !== running) return;
        this.running = undefined;
        this.start();
      });
    this.running = running;
  }

  /** The queue could not take back what is over: whatever it is, it brings them again. */
  private giveUp(error: unknown) {
    this.options.log.error({ queue: this.options.queue, err: error }, 'A queue could not be told what is over');
    this.clear();
  }

  private async run() {
    const { signal } = this.stop;
    while (this.size > 0 && !signal.aborted) {
      const rest = this.rest();
      if (rest >= early) {
        await systemClock.sleep(rest, signal);
        continue;
      }
      const batch = this.take();
      const first = batch[0];
      if (first && 'reason' in first.unpacked) await this.buryWhenItCan(first, first.unpacked.reason, signal);
      else await this.settle(batch, this.options.attempts, signal);
    }
  }

  /** Milliseconds until the next batch may begin. */
  private rest(): number {
    const { paced, batch } = this.options;
    return !paced || this.stopped || this.size >= batch ? 0 : untilTurn(this.begunAt, pace);
  }

  /** The next batch: up to the first that can't be read, which comes alone. */
  private take(): W[] {
    const end = Math.min(this.head + this.options.batch, this.items.length);
    let next = this.head;
    while (next < end && !isBroken(this.items[next])) next++;
    const batch = this.items.slice(this.head, Math.max(next, this.head + 1));
    this.head += batch.length;
    this.lastTaken = batch.at(-1);
    this.begunAt = performance.now();
    if (this.head === this.items.length || this.head > 4_096) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    return batch;
  }

  private async settle(batch: readonly W[], attempts: number, signal: AbortSignal): Promise<void> {
    const reason = await this.persist(batch, attempts, signal);
    if (signal.aborted) return;
    if (reason === undefined) return this.finish(batch);
    const [only] = batch;
    if (batch.length > 1) {
      const half = batch.length >> 1;
      for (const part of [batch.slice(0, half), batch.slice(half)]) {
        if (!signal.aborted) await this.settle(part, part.length > 1 ? 1 : this.options.attempts, signal);
      }
    } else if (only) await this.bury(only, reason, signal);
  }

  private finish(batch: readonly W[]) {
    this.options.meters.handled(batch.length);
    this.options.meters.waiting(this.size);
    this.options.done(batch);
  }

  /** Tries until it is done, or until what is in the way lies in the batch itself: then its reason. */
  private async persist(batch: readonly W[], attempts: number, signal: AbortSignal): Promise<unknown> {
    const facts = batch.map(factOf);
    for (let away = 0, tries = 1; ; ) {
      const failure = await this.attempt(() => this.options.handle(facts));
      if (failure === undefined || signal.aborted) return undefined;
      if (isAway(failure)) away++;
      else if (failure instanceof Poison || tries >= attempts) return failure;
      else tries++;
      await this.pause(failure, away + tries - 1, signal);
      if (signal.aborted) return undefined;
    }
  }

  /** What went wrong, if anything. */
  private async attempt(work: () => Promise<void> | void): Promise<unknown> {
    try {
      await work();
      return undefined;
    } catch (error) {
      return error ?? new Error('failed without saying why');
    }
  }

  private async pause(failure: unknown, tries: number, signal: AbortSignal) {
    if (this.stopped) return this.stop.abort();
    this.paused = true;
    this.options.log.warn({ queue: this.options.queue, tries, err: failure }, 'A batch is kept and tried again');
    await this.options.clock.sleep(backoff(tries, this.options.random, firstRetry, lastRetry), signal);
    if (!signal.aborted) this.paused = false;
  }

  private async bury(waiting: W, reason: unknown, signal: AbortSignal) {
    const { onDead, attempts } = this.options;
    if (!(await this.buryWhenItCan(waiting, reasonOf(reason), signal, false))) return;
    for (let tries = 1; onDead && !signal.aborted; tries++) {
      const failure = await this.attempt(() => onDead(factOf(waiting), reason));
      if (failure === undefined || (tries >= attempts && !isAway(failure))) break;
      await this.pause(failure, tries, signal);
    }
    if (!signal.aborted) this.finish([waiting]);
  }

  private async buryWhenItCan(waiting: W, reason: string, signal: AbortSignal, finish = true): Promise<boolean> {
    for (let tries = 1; !signal.aborted; tries++) {
      const failure = await this.attempt(() => this.options.bury(waiting, reason));
      if (signal.aborted) return false;
      if (failure !== undefined) {
        await this.pause(failure, tries, signal);
        continue;
      }
      this.options.meters.dead();
      this.options.log.error({ queue: this.options.queue, reason }, 'A fact went to the dead letters');
      if (finish) this.finish([waiting]);
      return true;
    }
    return false;
  }
}

const isBroken = (waiting: Waiting | undefined) => waiting !== undefined && 'reason' in waiting.unpacked;

function factOf(waiting: Waiting): Heard {
  if ('fact' in waiting.unpacked) return waiting.unpacked.fact;
  throw new Error('This is no fact.');
}

const reasonOf = (reason: unknown) => (reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason));

/** A handler that could not publish is as good as one whose store is away. */
const isAway = (failure: unknown) =>
  failure instanceof Away || (failure instanceof ParleyError && ['bus-away', 'bus-full', 'unavailable'].includes(failure.code));

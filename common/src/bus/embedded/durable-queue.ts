import type { Heard } from '../bus.ts';
import { handlerPatience, type Means, within } from '../hearing.ts';
import type { Lane, Waiting } from '../lane.ts';
import { backoff } from '../patience.ts';
import { unpackFact } from '../wire.ts';
import type { KeptRow, Store } from './store.ts';

export interface Kept extends Waiting {
  readonly id: number;
}
/** A row, with its fact when that needs no reading. */
type Offered = KeptRow & { readonly heard?: Heard };
export interface DurableLane {
  readonly lane: Lane<Kept>;
  readonly names: ReadonlySet<string>;
}

/** Facts that are held in memory for a slow hearer; the others wait in the table. */
const ahead = 5_000;
const page = 1_000;

/** A queue that is a part of a table. The first of its hearers is given everything in order, the others stand by. */
export class DurableQueue {
  private readonly name: string;
  private readonly store: Store;
  private readonly means: Means;
  private readonly hearers: DurableLane[] = [];
  /** The last row that the active lane was given. */
  private given = 0;
  /** Rows may wait in the table that the active lane was not given. */
  private behind = true;
  private missed = false;
  private reading: Promise<void> | undefined;
  private over: number[] = [];
  private forgetting: Promise<void> | undefined;
  private readonly closing = new AbortController();

  constructor(name: string, store: Store, means: Means) {
    this.name = name;
    this.store = store;
    this.means = means;
  }

  /** Rows that have just been committed, the later ones always with the higher ids. */
  offer(rows: readonly Offered[]) {
    const active = this.hearers[0];
    if (!active || this.behind || active.lane.size > ahead) return this.fallBehind();
    this.missed = true;
    this.give(active, rows);
  }

  /** There may be rows in the table that were not offered: it is read on from there, before anything that comes later. */
  fallBehind() {
    this.missed = true;
    this.behind = true;
    this.readOn();
  }

  join(hearer: DurableLane) {
    this.hearers.push(hearer);
    if (this.hearers[0] === hearer) this.begin();
  }

  /** Once the lane is closed: what was handled is forgotten before the next one begins. */
  async leave(hearer: DurableLane) {
    const wasActive = this.hearers[0] === hearer;
    this.hearers.splice(this.hearers.indexOf(hearer), 1);
    await this.forgetting;
    if (wasActive && this.hearers.length > 0) this.begin();
  }

  async close() {
    // What can't be forgotten any more is only handled once more.
    await within(handlerPatience, Promise.resolve(this.forgetting), this.means.clock);
    this.closing.abort();
    await this.reading;
  }

  done(over: readonly Kept[]) {
    for (const { id } of over) this.over.push(id);
    this.forgetting ??= this.forget().finally(() => {
      this.forgetting = undefined;
    });
    this.readOn();
  }

  private begin() {
    this.given = 0;
    this.behind = true;
    this.readOn();
  }

  private readOn() {
    const active = this.hearers[0];
    if (!active || !this.behind || this.reading || active.lane.size > ahead / 2) return;
    this.reading = this.read(active).finally(() => {
      this.reading = undefined;
      if (this.hearers[0] !== active) this.readOn();
    });
  }

  private async read(active: DurableLane) {
    while (this.behind && this.hearers[0] === active && active.lane.size <= ahead && !this.closing.signal.aborted) {
      this.missed = false;
      const rows = await this.tried(() => this.store.after(this.name, this.given, page));
      if (!rows || this.hearers[0] !== active) return;
      if (rows.length < page && !this.missed) this.behind = false;
      this.give(active, rows);
    }
  }

  private give({ lane, names }: DurableLane, rows: readonly Offered[]) {
    const waiting: Kept[] = [];
    for (const { id, fact, heard } of rows) {
      if (id <= this.given) continue;
      this.given = id;
      const unpacked = heard ? wanted(heard, names) : unpackFact(JSON.parse(fact), names);
      if (unpacked) waiting.push({ id, unpacked });
      else this.over.push(id);
    }
    lane.push(waiting);
    if (waiting.length < rows.length) this.done([]);
  }

  /** What is handled while a deletion runs is the next deletion. */
  private async forget() {
    while (this.over.length > 0) {
      const ids = this.over.splice(0);
      if (!(await this.tried(() => this.store.forget(ids).then(() => true)))) return;
    }
  }

  /** Until it works, or all is to end. */
  private async tried<T>(work: () => Promise<T>): Promise<T | undefined> {
    const { clock, random, log } = this.means;
    for (let tries = 1; !this.closing.signal.aborted; tries++) {
      try {
        return await work();
      } catch (error) {
        log.warn({ queue: this.name, err: error }, 'The table of the queue is away');
        await clock.sleep(backoff(tries, random, 100, 5_000), this.closing.signal);
      }
    }
    return undefined;
  }
}

const wanted = (fact: Heard, names: ReadonlySet<string>) => (names.has(fact.name) ? { fact } : undefined);

import type { Pool } from 'pg';
import type { Registry } from 'prom-client';
import { type EventData, type EventName, lastingQueues } from '../../contracts/index.ts';
import { type Clock, systemClock } from '../../server/clock.ts';
import type { Logger } from '../../server/log.ts';
import type { Bus, BusState, Heard, Hearer, Hearing, PublishOptions, SharedHearing } from '../bus.ts';
import { handlerPatience, hearerOf, laneOptions, type Means, within } from '../hearing.ts';
import { Lane, type Waiting } from '../lane.ts';
import { createMeters } from '../meters.ts';
import { type Place, placesOf } from '../place.ts';
import { checkFact, packFact } from '../wire.ts';
import { EmbeddedDeadLetters } from './dead-letters.ts';
import { DurableQueue, type Kept } from './durable-queue.ts';
import { type KeptLetter, Store } from './store.ts';
import { Transit } from './transit.ts';
import { type OpenFact, Writer, type WrittenRow } from './writer.ts';

export interface EmbeddedBusOptions {
  /** Where durable queues and dead letters lie; the bus makes its tables itself. */
  readonly database: Pool;
  readonly log: Logger;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly metrics?: Registry;
  /** Apply the whole schema to every published fact, whatever it costs. */
  readonly thorough?: boolean;
}

/** The bus inside one process: the same words and the same promises as over a broker. */
export async function openEmbeddedBus(options: EmbeddedBusOptions): Promise<Bus> {
  const bus = new EmbeddedBus(options);
  await bus.open();
  return bus;
}

class EmbeddedBus implements Bus {
  state: BusState = 'up';
  readonly deadLetters: EmbeddedDeadLetters;
  private readonly thorough: boolean;
  private readonly means: Means;
  private readonly store: Store;
  private readonly writer: Writer;
  private readonly transit: Transit;
  private readonly durable = new Map<string, DurableQueue>();
  private readonly durableByName = new Map<string, string[]>();
  private readonly hearers = new Set<Hearer>();
  private readonly listeners = new Set<(state: BusState) => void>();

  constructor(options: EmbeddedBusOptions) {
    const { log, clock = systemClock, random = Math.random } = options;
    this.thorough = options.thorough ?? false;
    this.means = { log, clock, random, meters: createMeters(options.metrics) };
    this.store = new Store(options.database);
    this.writer = new Writer({
      store: this.store,
      means: this.means,
      written: (facts, rows) => this.written(facts, rows),
      onAway: (away) => this.turn(away ? 'away' : 'up'),
      onUnanswered: () => {
        for (const queue of this.durable.values()) queue.fallBehind();
      },
    });
    this.transit = new Transit(this.means, (queue, waiting, reason) => this.bury(queue, waiting, reason));
    const sendAgain = (queue: string, letters: readonly KeptLetter[]) => this.sendAgain(queue, letters);
    this.deadLetters = new EmbeddedDeadLetters({ store: this.store, clock, log, sendAgain });
  }

  async open() {
    await this.store.migrate();
    // What is published before a service was there for the first time waits for it.
    for (const [queue, names] of Object.entries(lastingQueues)) await this.store.bind(queue, names);
    for (const [queue, names] of await this.store.bindings()) this.know(queue, names);
    this.deadLetters.watch();
  }

  onState(listener: (state: BusState) => void) {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  publish<N extends EventName>(name: N, data: EventData<N>, { to, trace, written }: PublishOptions = {}): Promise<void> {
    let fact: Heard;
    try {
      fact = { name, data: written ? data : checkFact(name, data, this.thorough), ...(trace !== undefined && { trace }) } as Heard;
    } catch (error) {
      return Promise.reject(error);
    }
    this.means.meters.published(name);
    const [first, ...others] = placesOf(name, to).map((place) => this.send(place, fact));
    return others.length === 0 ? (first ?? Promise.resolve()) : Promise.all([first, ...others]).then(() => {});
  }

  async hear<N extends EventName>(hearing: Hearing<N>): Promise<Hearer> {
    const made = await this.hearAs(hearing as unknown as Hearing);
    const hearer = hearerOf([made], async () => {
      if (this.hearers.delete(hearer)) await made[Symbol.asyncDispose]();
    });
    this.hearers.add(hearer);
    return hearer;
  }

  async [Symbol.asyncDispose]() {
    await Promise.all([...this.hearers].map((hearer) => hearer[Symbol.asyncDispose]()));
    await this.writer.close();
    await this.deadLetters.close();
    await Promise.all([...this.durable.values()].map((queue) => queue.close()));
  }

  private send(place: Place, fact: Heard): Promise<void> {
    if (place.kind === 'shard') return this.transit.sendToShard(place, fact);
    if (place.kind === 'pod') return this.transit.sendToPods(place.group, place.pod, fact);
    const queues = this.durableByName.get(fact.name) ?? [];
    return this.writer.publish({ fact, packed: packFact(fact.name, fact.data, fact.trace), queues });
  }

  /** Committed: now they are handed out. */
  private written(facts: readonly OpenFact[], rows: readonly WrittenRow[]) {
    for (const [queue, own] of Map.groupBy(rows, (row) => row.queue)) this.durable.get(queue)?.offer(own);
    for (const { fact } of facts) this.transit.sendToAll(fact);
  }

  private hearAs(hearing: Hearing): Hearer | Promise<Hearer> {
    if (hearing.kind === 'shared') return this.hearShared(hearing);
    return hearing.kind === 'pod' ? this.transit.hearPod(hearing) : this.transit.hearShards(hearing);
  }

  private async hearShared(hearing: SharedHearing<EventName>): Promise<Hearer> {
    await this.store.bind(hearing.queue, hearing.names);
    const queue = this.know(hearing.queue, hearing.names);
    const lane: Lane<Kept> = new Lane({
      ...laneOptions(hearing, hearing.queue, this.means),
      done: (over) => queue.done(over),
      bury: (waiting, reason) => this.bury(hearing.queue, waiting, reason),
    });
    const hearer = { lane, names: new Set<string>(hearing.names) };
    queue.join(hearer);
    return hearerOf([lane], async () => {
      await within(handlerPatience, lane.close(), this.means.clock);
      await queue.leave(hearer);
    });
  }

  private know(name: string, names: Iterable<string>): DurableQueue {
    const queue = this.durable.get(name) ?? new DurableQueue(name, this.store, this.means);
    this.durable.set(name, queue);
    for (const one of names) {
      const queues = this.durableByName.get(one) ?? [];
      if (!queues.includes(name)) this.durableByName.set(one, [...queues, name]);
    }
    return queue;
  }

  private bury(queue: string, { unpacked }: Waiting, reason: string) {
    return this.store.bury(queue, 'fact' in unpacked ? unpacked.fact : unpacked.broken, reason);
  }

  private async sendAgain(queue: string, letters: readonly KeptLetter[]) {
    const ids = letters.map(({ id }) => id);
    const durable = this.durable.get(queue);
    if (durable) await this.writer.between(async () => durable.offer(await this.store.requeue(ids)));
    else if (this.transit.sendAgain(queue, letters)) await this.store.forgetDead(ids);
  }

  private turn(state: BusState) {
    if (state === this.state) return;
    this.state = state;
    for (const listener of this.listeners) listener(state);
  }
}

import type { ChannelModel } from 'amqplib';
import type { Registry } from 'prom-client';
import type { EventData, EventName } from '../../contracts/index.ts';
import { type Clock, instant, systemClock } from '../../server/clock.ts';
import type { Logger } from '../../server/log.ts';
import type { Bus, BusState, Hearer, Hearing, PublishOptions } from '../bus.ts';
import { hearerOf, laneOptions, type Means, publishPatience, within } from '../hearing.ts';
import { createMeters } from '../meters.ts';
import { deadPlace, placesOf } from '../place.ts';
import { checkFact, packFact } from '../wire.ts';
import { Consumer } from './consumer.ts';
import { packLetter, RabbitDeadLetters } from './dead-letters.ts';
import { Link } from './link.ts';
import { Publisher } from './publisher.ts';
import { sourcesOf } from './sources.ts';
import { createNames, declareGround, type Names } from './topology.ts';

export interface RabbitBusOptions {
  readonly url: string;
  readonly log: Logger;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly metrics?: Registry;
  /** Sets apart tests and trials that share a broker; `deleteRabbitNamespace` removes what they leave. */
  readonly namespace?: string;
  /** Shown in the broker's list of connections. */
  readonly name?: string;
  /** Apply the whole schema to every published fact, whatever it costs. */
  readonly thorough?: boolean;
}

/** Milliseconds that a broker which is there may take to declare a queue. */
const declarePatience = 30_000;

/** Resolves after the first try to connect, also when the broker is away: it then comes by itself. */
export async function openRabbitBus(options: RabbitBusOptions): Promise<Bus> {
  const bus = new RabbitBus(options);
  await bus.open();
  return bus;
}

class RabbitBus implements Bus {
  readonly deadLetters: RabbitDeadLetters;
  private readonly thorough: boolean;
  private readonly means: Means;
  private readonly names: Names;
  private readonly publisher: Publisher;
  /** Two connections: a broker that takes no publications still takes acknowledgements. */
  private readonly sending: Link;
  private readonly hearing: Link;
  private readonly consumers = new Set<Consumer>();
  private readonly listeners = new Set<(state: BusState) => void>();
  private connection: ChannelModel | undefined;
  private told: BusState = 'away';

  constructor(options: RabbitBusOptions) {
    const { log, clock = systemClock, random = Math.random } = options;
    this.thorough = options.thorough ?? false;
    this.means = { log, clock, random, meters: createMeters(options.metrics) };
    this.names = createNames(options.namespace ?? '');
    const publisher = new Publisher(this.names, this.means);
    this.publisher = publisher;
    const link = { url: options.url, means: this.means, onState: () => this.tell() };
    const name = options.name ?? 'parley';
    const attachSending = (connection: ChannelModel) => publisher.attach(connection);
    this.sending = new Link({ ...link, name: `${name} publishes`, attach: attachSending, detach: () => publisher.detach() });
    const attachHearing = (connection: ChannelModel) => this.attach(connection);
    this.hearing = new Link({ ...link, name: `${name} hears`, attach: attachHearing, detach: () => this.detach() });
    this.deadLetters = new RabbitDeadLetters(this.names, () => this.connection);
  }

  get state(): BusState {
    if (this.sending.state === 'away' || this.hearing.state === 'away') return 'away';
    return this.sending.state === 'blocked' ? 'blocked' : 'up';
  }

  onState(listener: (state: BusState) => void) {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  async open() {
    await Promise.all([this.sending.open(), this.hearing.open()]);
  }

  publish<N extends EventName>(name: N, data: EventData<N>, { to, trace, written }: PublishOptions = {}): Promise<void> {
    let fact: string;
    try {
      fact = packFact(name, written ? data : checkFact(name, data, this.thorough), trace);
    } catch (error) {
      return Promise.reject(error);
    }
    this.means.meters.published(name);
    const [first, ...others] = placesOf(name, to).map((place) => this.publisher.publish(place, name, fact, trace));
    return others.length === 0 ? (first ?? Promise.resolve()) : Promise.all([first, ...others]).then(() => {});
  }

  async hear<N extends EventName>(hearing: Hearing<N>): Promise<Hearer> {
    const consumers = this.consumersOf(hearing as unknown as Hearing);
    for (const consumer of consumers) this.consumers.add(consumer);
    const { connection } = this;
    if (connection) for (const consumer of consumers) consumer.attach(connection);
    // While the broker is away nobody's start hangs on it: the consumers begin by themselves when it is back.
    await within(
      connection ? declarePatience : publishPatience,
      Promise.all(consumers.map((consumer) => consumer.joined)),
      this.means.clock,
    );
    return hearerOf(consumers, () => this.dismiss(consumers));
  }

  async [Symbol.asyncDispose]() {
    await this.dismiss([...this.consumers]);
    await this.publisher.close();
    await Promise.all([this.sending.close(), this.hearing.close()]);
  }

  private async dismiss(consumers: readonly Consumer[]) {
    await Promise.all(consumers.map((consumer) => consumer.close()));
    for (const consumer of consumers) this.consumers.delete(consumer);
  }

  private async attach(connection: ChannelModel) {
    await declareGround(connection, this.names, this.means.log);
    this.connection = connection;
    for (const consumer of this.consumers) consumer.attach(connection);
  }

  private detach() {
    this.connection = undefined;
    for (const consumer of this.consumers) consumer.detach();
  }

  private tell() {
    this.publisher.block(this.sending.state === 'blocked');
    if (this.state === this.told) return;
    this.told = this.state;
    for (const listener of this.listeners) listener(this.told);
  }

  private consumersOf(hearing: Hearing): Consumer[] {
    return sourcesOf(hearing, this.names, this.means).map(({ name, source }) => {
      const bury = (body: unknown, reason: string) => this.bury(name, body, reason);
      return new Consumer({ ...laneOptions(hearing, name, this.means), names: new Set(hearing.names), bury }, source);
    });
  }

  private bury(queue: string, body: unknown, reason: string) {
    return this.publisher.publish(deadPlace(queue), '', packLetter(body, reason, instant(this.means.clock.now())), undefined);
  }
}

import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import { handlerPatience, within } from '../hearing.ts';
import { Lane, type LaneOptions, type Waiting } from '../lane.ts';
import { Retries } from '../patience.ts';
import { comesAgain, unpackBody } from '../wire.ts';
import type { Source } from './sources.ts';

/** A message of the broker, and how many of its facts are not over yet. */
interface Delivery {
  readonly message: ConsumeMessage;
  left: number;
}
interface Delivered extends Waiting {
  readonly delivery: Delivery;
}
/** The broker may deliver in the moment before it is known that it answered; only after that is the queue heard. */
interface Ear {
  readonly channel: Channel;
  readonly acknowledgesLate: boolean;
  heard: boolean;
  /** What is over and not acknowledged yet. */
  owed: number;
  last: ConsumeMessage | undefined;
  paying: NodeJS.Timeout | undefined;
}

export interface ConsumerOptions extends Omit<LaneOptions<Delivered>, 'done' | 'bury'> {
  readonly names: ReadonlySet<string>;
  readonly bury: (body: unknown, reason: string) => Promise<void>;
}

/** Messages that the broker hands out ahead of their acknowledgement. */
const prefetch = 250;
/** So many of them, and for so many milliseconds, may wait for it where nothing but the broker's memory depends on it: each wakes the broker. */
const owedAtMost = 100;
const owedFor = 50;

/** Hears one queue over a channel of its own, so that whatever befalls one queue leaves the others alone. */
export class Consumer {
  private readonly options: ConsumerOptions;
  private readonly source: () => Source;
  private readonly lane: Lane<Delivered>;
  private readonly closing = new AbortController();
  private readonly retries: Retries;
  private connection: ChannelModel | undefined;
  private ear: Ear | undefined;
  /** Whoever tries to hear the queue; the next one ends it. */
  private coming = new AbortController();
  private readonly joining = Promise.withResolvers<void>();

  constructor(options: ConsumerOptions, source: () => Source) {
    this.options = options;
    this.source = source;
    this.retries = new Retries(options, 100, 5_000);
    this.lane = new Lane<Delivered>({
      ...options,
      together: (one, other) => one.delivery === other.delivery,
      done: (over) => this.acknowledge(over),
      bury: (waiting, reason) => options.bury('fact' in waiting.unpacked ? waiting.unpacked.fact : waiting.unpacked.broken, reason),
    });
  }

  /** Resolves when it has heard for the first time. */
  get joined() {
    return this.joining.promise;
  }

  get hearing() {
    return this.ear?.heard === true && this.lane.hearing;
  }

  attach(connection: ChannelModel) {
    this.connection = connection;
    void this.comeBack(connection);
  }

  detach() {
    this.connection = undefined;
    this.coming.abort();
    this.lose(this.ear?.channel);
  }

  /** What was not handled goes back to the queue with the channel, in its order, for whoever hears next. */
  async close() {
    this.closing.abort();
    this.coming.abort();
    const { clock } = this.options;
    await within(handlerPatience, this.lane.close(), clock);
    const { ear } = this;
    this.ear = undefined;
    if (ear) await within(handlerPatience, closed(ear.channel), clock);
  }

  /** Throws when the queue can't be heard; no channel stays open then. */
  private async consume(connection: ChannelModel, signal: AbortSignal) {
    const source = this.source();
    await source.declare(connection);
    const channel = await connection.createChannel();
    channel.on('error', (error) => this.options.log.warn({ queue: this.options.queue, err: error }, 'The broker closed a channel'));
    channel.on('close', () => this.lose(channel));
    try {
      await channel.prefetch(prefetch);
      await this.listen(channel, source, signal);
    } catch (error) {
      this.lose(channel);
      void closed(channel);
      throw error;
    }
    this.retries.stands();
    source.joined?.();
    this.joining.resolve();
  }

  private async listen(channel: Channel, source: Source, signal: AbortSignal) {
    signal.throwIfAborted();
    const { acknowledgesLate = false } = source;
    const ear: Ear = { channel, acknowledgesLate, heard: false, owed: 0, last: undefined, paying: undefined };
    this.ear = ear;
    await channel.consume(source.queue, (message) => this.take(channel, source, message), source.consume);
    signal.throwIfAborted();
    if (this.ear !== ear) throw new Error('The channel was lost while the broker answered');
    ear.heard = true;
  }

  private take(channel: Channel, source: Source, message: ConsumeMessage | null) {
    if (channel !== this.ear?.channel || this.closing.signal.aborted) return;
    if (message === null) return this.cancelled(channel);
    source.look?.(message);
    const facts = unpackBody(message.content.toString(), this.options.names);
    if (facts.length === 0) return channel.ack(message);
    const delivery = { message, left: facts.length };
    const { redelivered } = message.fields;
    this.lane.push(facts.map((unpacked) => ({ unpacked: redelivered ? comesAgain(unpacked) : unpacked, delivery })));
  }

  /** By the broker: the queue is gone, or its leader. On a channel that is being closed nothing can be acknowledged. */
  private cancelled(channel: Channel) {
    this.lose(channel);
    void closed(channel);
  }

  /** One acknowledgement for all messages whose facts are over; they came in order, so they are over in order. */
  private acknowledge(over: readonly Delivered[]) {
    const { ear } = this;
    if (!ear) return;
    for (const { delivery } of over) {
      if (--delivery.left > 0) continue;
      ear.owed += 1;
      ear.last = delivery.message;
    }
    if (ear.acknowledgesLate && ear.owed < owedAtMost) ear.paying ??= setTimeout(() => this.payLate(ear), owedFor);
    else this.pay(ear);
  }

  private payLate(ear: Ear) {
    try {
      this.pay(ear);
    } catch {
      // The channel closed in this very moment; its close event follows.
    }
  }

  private pay(ear: Ear) {
    clearTimeout(ear.paying);
    ear.paying = undefined;
    ear.owed = 0;
    if (ear === this.ear && ear.last) ear.channel.ack(ear.last, true);
    ear.last = undefined;
  }

  private lose(channel: Channel | undefined) {
    const { ear, connection } = this;
    if (channel === undefined || channel !== ear?.channel) return;
    this.ear = undefined;
    this.lane.clear();
    // One that was never heard is lost to whoever tries, and tries on.
    if (ear.heard && connection) void this.comeBack(connection, true);
  }

  /** After a new connection; or on the one that stands, when the broker waited too long for an acknowledgement, or the queue moved. */
  private async comeBack(connection: ChannelModel, failed = false) {
    this.coming.abort();
    if (this.closing.signal.aborted) return;
    this.coming = new AbortController();
    const { signal } = this.coming;
    await this.settleDown(signal);
    if (failed) await this.retries.pause(signal);
    while (!signal.aborted && !(await this.hears(connection, signal))) await this.retries.pause(signal);
  }

  private async hears(connection: ChannelModel, signal: AbortSignal): Promise<boolean> {
    try {
      await this.consume(connection, signal);
      return true;
    } catch (error) {
      if (!signal.aborted) this.options.log.warn({ queue: this.options.queue, err: error }, 'The queue can not be heard');
      return false;
    }
  }

  /** The same facts will come again: the handler that has them now should be done before. */
  private async settleDown(signal: AbortSignal) {
    const over = await within(handlerPatience, this.lane.idle(), this.options.clock);
    if (!over && !signal.aborted) this.lane.abandon();
  }
}

/** Never rejects: a channel that is closed already is as good. */
const closed = (channel: Channel) => channel.close().catch(() => {});

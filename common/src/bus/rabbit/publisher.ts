import type { ChannelModel, ConfirmChannel } from 'amqplib';
import { type ErrorCode, ParleyError } from '../../contracts/index.ts';
import { type Means, publishPatience } from '../hearing.ts';
import { brokerPace, early, untilTurn } from '../pace.ts';
import { mixedName, type Place, routingKey } from '../place.ts';
import { packBody } from '../wire.ts';
import { Numbers } from './numbers.ts';
import { declareLasting } from './sources.ts';
import { declareGround, type Names } from './topology.ts';

/** Messages on their way at once; what is published meanwhile travels together in the next ones. */
const window = 64;
const factsPerMessage = 500;
const charactersPerMessage = 256 * 1024;
/** Facts that may wait for the broker here. */
const backlog = 100_000;
const sweepEvery = 250;

/** Facts that travel to one place in one message, and what became of them. */
interface Parcel {
  readonly place: Place;
  name: string;
  readonly facts: string[];
  characters: number;
  readonly trace: string | undefined;
  readonly deadline: number;
  readonly settled: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  state: 'waiting' | 'sent' | 'over';
  message?: { readonly key: string; readonly body: Buffer; readonly headers: Record<string, unknown> };
  unroutable?: boolean;
  sentAt: number;
}

/** Gathers what is published in one tick, or while the window is full, into one message per place, and waits for the broker's word. */
export class Publisher {
  private readonly names: Names;
  private readonly means: Means;
  private channel: ConfirmChannel | undefined;
  private blocked = false;
  private line: Parcel[] = [];
  private waitingFacts = 0;
  private readonly open = new Map<string, Parcel>();
  private readonly onTheWay = new Set<Parcel>();
  /** Shards that have not answered yet, or rest. A full one may refuse a parcel and take the next, so they are given one at a time. */
  private readonly asked = new Set<string>();
  private scheduled = false;
  private sweeping = false;
  private readonly closing = new AbortController();
  private readonly numbers = new Numbers();
  /** Those that the broker must not drop, by the id under which it would return them. */
  private readonly byMessageId = new Map<string, Parcel>();
  private messages = 0;

  constructor(names: Names, means: Means) {
    this.names = names;
    this.means = means;
  }

  publish(place: Place, name: string, fact: string, trace: string | undefined): Promise<void> {
    if (this.waitingFacts >= backlog || this.closing.signal.aborted) return Promise.reject(this.refusal('bus-away'));
    const parcel = this.parcelFor(place, name, fact.length) ?? this.newParcel(place, name, trace);
    parcel.name = mixedName(parcel.name, name);
    parcel.facts.push(fact);
    parcel.characters += fact.length;
    this.waitingFacts++;
    this.schedule();
    return parcel.settled;
  }

  async attach(connection: ChannelModel) {
    await declareGround(connection, this.names, this.means.log);
    await declareLasting(connection, this.names, this.means);
    const channel = await connection.createConfirmChannel();
    channel.on('error', () => {});
    channel.on('close', () => this.detach(channel, connection));
    channel.on('return', (message) => this.returned(message.properties.messageId));
    this.blocked = false;
    this.channel = channel;
    this.flush();
  }

  block(blocked: boolean) {
    this.blocked = blocked;
    if (!blocked) this.flush();
  }

  /** What was on its way goes first when the broker is back: it may have arrived or not. */
  detach(channel = this.channel, connection?: ChannelModel) {
    if (channel === undefined || channel !== this.channel) return;
    this.channel = undefined;
    const again = [...this.onTheWay].filter((parcel) => parcel.state === 'sent');
    for (const parcel of again) {
      parcel.state = 'waiting';
      this.waitingFacts += parcel.facts.length;
    }
    this.onTheWay.clear();
    this.asked.clear();
    this.line = [...again, ...this.line];
    // A channel alone that broke: the connection is made anew with it.
    connection?.close().catch(() => {});
  }

  /** Waits for what is under way, for as long as it may wait at all. */
  async close() {
    for (let open = this.unsettled(); open.length > 0; open = this.unsettled())
      await Promise.allSettled(open.map(({ settled }) => settled));
    this.closing.abort();
  }

  private unsettled() {
    return [...this.onTheWay, ...this.line].filter(({ state }) => state !== 'over');
  }

  private parcelFor(place: Place, name: string, characters: number): Parcel | undefined {
    const parcel = this.open.get(place.id);
    if (parcel?.state !== 'waiting' || parcel.message) return undefined;
    if (place.kind === 'open' && parcel.name !== name) return undefined;
    const full = parcel.facts.length >= factsPerMessage || parcel.characters + characters > charactersPerMessage;
    return full ? undefined : parcel;
  }

  private newParcel(place: Place, name: string, trace: string | undefined): Parcel {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const deadline = this.means.clock.now() + publishPatience;
    const settling = { settled: promise, resolve, reject };
    const parcel: Parcel = { place, name, facts: [], characters: 0, trace, deadline, ...settling, state: 'waiting', sentAt: 0 };
    this.open.set(place.id, parcel);
    this.line.push(parcel);
    return parcel;
  }

  private schedule() {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.flush();
    });
  }

  private flush() {
    const { channel } = this;
    if (channel && !this.blocked) {
      this.line = this.line.filter((parcel) => {
        if (parcel.state !== 'waiting') return false;
        if (this.onTheWay.size >= window || this.asked.has(parcel.place.id)) return true;
        this.send(channel, parcel);
        return false;
      });
    }
    void this.sweep();
  }

  private send(channel: ConfirmChannel, parcel: Parcel) {
    if (this.open.get(parcel.place.id) === parcel) this.open.delete(parcel.place.id);
    parcel.message ??= this.address(parcel);
    parcel.state = 'sent';
    parcel.unroutable = false;
    parcel.sentAt = performance.now();
    this.waitingFacts -= parcel.facts.length;
    this.onTheWay.add(parcel);
    if (parcel.place.kind === 'shard') this.asked.add(parcel.place.id);
    const { key, body, headers } = parcel.message;
    const mandatory = parcel.place.kind === 'shard' || parcel.place.kind === 'dead';
    const options = {
      persistent: parcel.place.kind !== 'pod',
      mandatory,
      contentType: 'application/json',
      headers,
      ...(mandatory && { messageId: this.nameOf(parcel) }),
    };
    try {
      channel.publish(this.names.exchange(parcel.place.exchange), key, body, options, (error) => this.confirmed(channel, parcel, error));
    } catch {
      // The channel closed in this very moment; its close event puts the parcel back.
    }
  }

  private nameOf(parcel: Parcel) {
    const id = String(++this.messages);
    this.byMessageId.set(id, parcel);
    parcel.settled.catch(() => {}).finally(() => this.byMessageId.delete(id));
    return id;
  }

  private returned(messageId: unknown) {
    const parcel = this.byMessageId.get(String(messageId));
    if (parcel) parcel.unroutable = true;
  }

  private address(parcel: Parcel) {
    const { place, name, facts, trace } = parcel;
    const headers: Record<string, unknown> = trace === undefined ? {} : { traceparent: trace };
    if (place.kind === 'pod') Object.assign(headers, this.numbers.of(place.id));
    if (place.kind === 'open') Object.assign(headers, this.numbers.of(`${place.id} ${name}`));
    return { key: routingKey(place, name), body: Buffer.from(packBody(facts)), headers };
  }

  private confirmed(channel: ConfirmChannel, parcel: Parcel, error: unknown) {
    // The end of the channel is no answer: what was on its way goes again over the next one.
    if (channel !== this.channel || (error && (error as Error).message !== 'message nacked')) return;
    this.onTheWay.delete(parcel);
    if (parcel.state === 'sent') {
      if (error) this.refuseFrom(parcel, parcel.place.kind === 'shard' ? 'bus-full' : 'bus-away');
      else if (parcel.unroutable) this.refuseFrom(parcel, 'bus-away');
      else this.settle(parcel);
    }
    this.goOn(channel, parcel);
  }

  /** With what waits; a shard rests until its next turn. */
  private goOn(channel: ConfirmChannel, parcel: Parcel) {
    if (channel !== this.channel) return;
    const rest = parcel.place.kind === 'shard' ? untilTurn(parcel.sentAt, brokerPace) : 0;
    if (rest >= early) return void setTimeout(() => this.goOn(channel, parcel), rest);
    this.asked.delete(parcel.place.id);
    if (this.line.length > 0) this.flush();
  }

  private settle(parcel: Parcel) {
    parcel.state = 'over';
    parcel.resolve();
  }

  /** With all that waits for the same place behind it: order comes first. */
  private refuseFrom(parcel: Parcel, code: ErrorCode) {
    this.refuse(parcel, code);
    for (const other of this.line) if (other.state === 'waiting' && other.place.id === parcel.place.id) this.refuse(other, code);
  }

  private refuse(parcel: Parcel, code: ErrorCode) {
    if (parcel.state === 'waiting') this.waitingFacts -= parcel.facts.length;
    parcel.state = 'over';
    for (const _ of parcel.facts) this.means.meters.refused(code);
    parcel.reject(this.refusal(code));
  }

  private refusal(code: ErrorCode) {
    return new ParleyError(code, { retryAfter: 1 });
  }

  /** Refuses what has waited too long, and with it what is behind it. */
  private async sweep() {
    if (this.sweeping) return;
    this.sweeping = true;
    while (this.onTheWay.size + this.line.length > 0 && !this.closing.signal.aborted) {
      await this.means.clock.sleep(sweepEvery, this.closing.signal);
      const late = new Set<string>();
      for (const parcel of [...this.onTheWay, ...this.line]) {
        if (parcel.state === 'over' || (parcel.deadline > this.means.clock.now() && !late.has(parcel.place.id))) continue;
        late.add(parcel.place.id);
        this.refuse(parcel, 'bus-away');
      }
      this.line = this.line.filter((parcel) => parcel.state === 'waiting');
      for (const [id, parcel] of this.open) if (parcel.state === 'over') this.open.delete(id);
    }
    this.sweeping = false;
  }
}

import type { EventData, EventName, Fact } from '../contracts/index.ts';

/**
 * The one way from service to service. Adapters: RabbitMQ, and one inside a process; the same conformance suite holds
 * both. Words: a *fact* is an event with its name; a *hearer* is a function that is given facts in batches; a *queue*
 * keeps facts until its hearer is done with them.
 */
export interface Bus extends AsyncDisposable {
  /**
   * Resolves when the fact is safe for every durable hearer, never when it is handled. Shards inside one process are
   * memory: there it resolves when the fact is handed over, and safe it is in the client's outbox, which publishes it
   * again until its outcome is known, also after the process died. While the bus is away it waits a
   * bounded time, then rejects with `bus-away`; a full shard rejects with `bus-full`. Facts published in one tick to
   * the same place travel together, and arrive in the order they were published; when one is refused, so are those to
   * the same place behind it. What was refused may still arrive: publish it again. A fact may be the very same object
   * for all who hear it: nobody changes one.
   */
  publish<N extends EventName>(name: N, data: EventData<N>, options?: PublishOptions): Promise<void>;
  /** Resolves when its queue is known and heard; or, when the bus is away, after a bounded time: it then begins by itself later. */
  hear<N extends EventName>(hearing: Hearing<N>): Promise<Hearer>;
  readonly state: BusState;
  /** Until what it answers is called. */
  onState(listener: (state: BusState) => void): () => void;
  readonly deadLetters: DeadLetters;
}

/** What could not be handled, by the queue it was taken from. `npm run dead-letters` shows it and sends it again. */
export interface DeadLetters {
  /** The oldest ones first, a bounded number of each queue. */
  list(queue?: string): Promise<readonly DeadLetter[]>;
  /** Sends them to the end of their queue again, and tells how many. */
  redrive(queue?: string): Promise<number>;
  /** For text that its author deleted: what matches is gone for ever. Tells how many. */
  erase(matches: (letter: DeadLetter) => boolean, queue?: string): Promise<number>;
}

export interface DeadLetter {
  readonly queue: string;
  /** As it came: `{name, data, trace?}`, or whatever could not be read as a fact. */
  readonly body: unknown;
  readonly reason: string;
  readonly at: string;
}

/** `blocked`: connected, but the broker takes nothing (an alarm); what is published waits. */
export type BusState = 'up' | 'blocked' | 'away';

export interface PublishOptions {
  /** Where addressed facts go: the shard of a conversation, some pods of a group, or all its pods. Others go to whoever hears the name. */
  readonly to?: { readonly shard: number } | { readonly group: string; readonly pods: readonly string[] | 'every' };
  /** W3C traceparent. */
  readonly trace?: string | undefined;
  /** Its contract was applied when it was written, maybe by a newer version: what this one does not know of it goes along. */
  readonly written?: true;
}

interface HearingBase<N extends EventName> {
  /** Names its queue; the service's own name, or a group of pods. */
  readonly queue: string;
  readonly names: readonly N[];
  /**
   * Given all that waits, in order, up to `batch`; what arrives meanwhile is the next batch. Done means done: the facts
   * are forgotten when it resolves. Throwing keeps the batch: `Away` pauses the queue for as long as it takes,
   * `Poison` splits the batch until the bad fact is alone and goes to the dead letters, anything else is tried again
   * `attempts` times and then treated as poison.
   */
  readonly handle: (batch: readonly Heard<N>[]) => Promise<void>;
  readonly batch?: number;
  readonly attempts?: number;
  /** Told of each fact that went to the dead letters, after it is safe there. */
  readonly onDead?: (fact: Heard<N>, reason: unknown) => Promise<void> | void;
}

/** Durable, one batch at a time on one pod at a time (the others stand by), so that order holds. */
export interface SharedHearing<N extends EventName> extends HearingBase<N> {
  readonly kind: 'shared';
}

/** As `shared`, one queue for each of `shards`, bounded: past `bound` waiting facts publishing is refused with `bus-full`. */
export interface ShardHearing<N extends EventName> extends HearingBase<N> {
  readonly kind: 'shards';
  readonly shards: number;
  readonly bound?: number;
}

/** This pod's own, for as long as it lives: what is addressed to it and, of names that are not addressed, everything. */
export interface PodHearing<N extends EventName> extends HearingBase<N> {
  readonly kind: 'pod';
  readonly pod: string;
  /** Something may have been missed: a number was skipped, a publisher is new, the queue had to be declared anew. */
  readonly onGap: () => void;
}

export type Hearing<N extends EventName = EventName> = SharedHearing<N> | ShardHearing<N> | PodHearing<N>;

/** `again`: somebody was given it before and did not come to say that they are done; what they did of it nobody knows. */
export type Heard<N extends EventName = EventName> = Fact<N> & { readonly trace?: string; readonly again?: true };

export interface Hearer extends AsyncDisposable {
  /** False while it is paused or not connected. */
  readonly hearing: boolean;
}

/** Thrown by a handler whose store is away: nothing is wrong with the batch, only with the moment. */
export class Away extends Error {
  override readonly name = 'Away';
}

/** Thrown by a handler for a batch that holds a fact which can never be handled. */
export class Poison extends Error {
  override readonly name = 'Poison';
}

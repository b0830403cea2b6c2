import { randomUUID } from 'node:crypto';
import type { ChannelModel, ConsumeMessage, Options } from 'amqplib';
import { type EventName, lastingQueues } from '../../contracts/index.ts';
import type { Hearing, PodHearing, ShardHearing } from '../bus.ts';
import { Gaps } from '../gaps.ts';
import { defaultBound, type Means } from '../hearing.ts';
import { type Binding, openBindings, podBindings, shardBindings } from '../place.ts';
import { declareQueue, durableQueue, type Names, onChannel, podQueue } from './topology.ts';

/** Where a hearing's messages come from; asked anew for every channel that it is heard over. */
export interface Source {
  readonly queue: string;
  readonly declare: (connection: ChannelModel) => Promise<void>;
  readonly consume?: Options.Consume;
  /** Nobody else would be given what is not acknowledged. */
  readonly acknowledgesLate?: boolean;
  /** Looks at each message as it comes. */
  readonly look?: (message: ConsumeMessage) => void;
  /** It is heard (again). */
  readonly joined?: () => void;
}

export interface NamedSource {
  /** As it is called in dead letters, logs and metrics. */
  readonly name: string;
  readonly source: () => Source;
}

export function sourcesOf(hearing: Hearing, names: Names, means: Means): NamedSource[] {
  if (hearing.kind === 'shared') return [durable(hearing.queue, names, means, openBindings(hearing.names))];
  if (hearing.kind === 'pod') return [podSource(hearing, names, means)];
  return Array.from({ length: hearing.shards }, (_, shard) => shardSource(hearing, shard, names, means));
}

function shardSource(hearing: ShardHearing<EventName>, shard: number, names: Names, means: Means): NamedSource {
  return durable(`${hearing.queue}.shard.${shard}`, names, means, shardBindings(hearing.names, shard), hearing.bound ?? defaultBound);
}

function durable(name: string, names: Names, means: Means, bindings: readonly Binding[], bound?: number): NamedSource {
  const queue = names.lasting(name);
  const options = durableQueue(names, name, bound);
  return { name, source: () => ({ queue, declare: (connection) => declare(connection, names, means, queue, options, bindings) }) };
}

/** Each time under a new name: the queue of a connection that the broker believes alive is locked. */
function podSource(hearing: PodHearing<EventName>, names: Names, means: Means): NamedSource {
  const gaps = new Gaps();
  const bindings = podBindings(hearing.names, hearing.queue, hearing.pod);
  let joins = 0;
  const source = (): Source => {
    const queue = names.queue(`${hearing.queue}.pod.${hearing.pod}.${randomUUID()}`);
    return {
      queue,
      declare: (connection) => declare(connection, names, means, queue, podQueue, bindings),
      consume: { exclusive: true },
      acknowledgesLate: true,
      look: (message) => isGap(gaps, message, means.clock.now()) && hearing.onGap(),
      joined: () => ++joins > 1 && hearing.onGap(),
    };
  };
  return { name: `${hearing.queue}.pods`, source };
}

function isGap(gaps: Gaps, message: ConsumeMessage, now: number): boolean {
  const { publisher, stream, number } = message.properties.headers ?? {};
  return typeof number === 'number' && gaps.isGap(String(publisher), String(stream), number, now);
}

/** What is published before a service was there for the first time waits for it. */
export async function declareLasting(connection: ChannelModel, names: Names, means: Means) {
  for (const [queue, kept] of Object.entries(lastingQueues))
    await durable(queue, names, means, openBindings(kept)).source().declare(connection);
}

async function declare(
  connection: ChannelModel,
  names: Names,
  { log }: Means,
  queue: string,
  options: Options.AssertQueue,
  bindings: readonly Binding[],
) {
  await declareQueue(connection, queue, options, log);
  await onChannel(connection, async (channel) => {
    for (const { exchange, key } of bindings) await channel.bindQueue(queue, names.exchange(exchange), key);
  });
}

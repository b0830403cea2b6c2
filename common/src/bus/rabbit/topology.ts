import type { Channel, ChannelModel, Options } from 'amqplib';
import { type Clock, systemClock } from '../../server/clock.ts';
import type { Logger } from '../../server/log.ts';
import { podBound, within } from '../hearing.ts';
import { exchanges } from '../place.ts';

/**
 * The broker counts how often a message came back, which is how often a process died over it and not how often it
 * failed. A low limit throws good messages away, no limit breaks the order on RabbitMQ 3.10.
 */
const deliveryLimit = 1_000_000;
/** Leaders spread over the nodes of a cluster, and with them the work. */
const quorum = { 'x-queue-type': 'quorum', 'x-delivery-limit': deliveryLimit, 'x-queue-leader-locator': 'balanced' };

/** The queues that this process knows of each namespace: AMQP can't list them, and they are to be deleted again. */
const known = new Map<string, Set<string>>();
export const knownQueues = (namespace: string): ReadonlySet<string> => known.get(namespace) ?? new Set();

/** Names on the broker. A namespace sets apart tests and trials that share a broker; what is to last has none. */
export const createNames = (namespace: string) => {
  const prefix = namespace === '' ? '' : `${namespace}.`;
  const queues = known.get(namespace) ?? new Set<string>();
  if (namespace !== '') known.set(namespace, queues);
  return {
    exchange: (name: string) => `${prefix}${name}`,
    queue: (name: string) => `${prefix}${name}`,
    /** As `queue`, for one that stays when nobody hears it. */
    lasting(name: string) {
      queues.add(name);
      return `${prefix}${name}`;
    },
    deadLetters: `${prefix}dead-letters`,
  };
};
export type Names = ReturnType<typeof createNames>;

/** Room per waiting message beside its count: messages carry many facts under load. */
const bytesPerMessage = 2_048;

/** What stands whoever publishes or hears. Dead letters of all queues lie in one, under their queue's name as routing key. */
export async function declareGround(connection: ChannelModel, names: Names, log: Logger) {
  await onChannel(connection, async (channel) => {
    for (const exchange of exchanges) await channel.assertExchange(names.exchange(exchange), 'topic', { durable: true });
    await channel.assertExchange(names.deadLetters, 'topic', { durable: true });
  });
  await declareQueue(connection, names.deadLetters, { durable: true, arguments: quorum }, log);
  await onChannel(connection, (channel) => channel.bindQueue(names.deadLetters, names.deadLetters, '#'));
}

export const durableQueue = (names: Names, queue: string, bound?: number): Options.AssertQueue => ({
  durable: true,
  arguments: {
    ...quorum,
    'x-single-active-consumer': true,
    'x-dead-letter-exchange': names.deadLetters,
    'x-dead-letter-routing-key': queue,
    ...(bound && { 'x-max-length': bound, 'x-max-length-bytes': bound * bytesPerMessage, 'x-overflow': 'reject-publish' }),
  },
});

export const podQueue: Options.AssertQueue = {
  durable: false,
  exclusive: true,
  autoDelete: true,
  arguments: { 'x-queue-type': 'classic', 'x-max-length': podBound },
};

/** A queue that stands with other arguments (an older release, another bound) is used as it is: only deleting it could change that. */
export async function declareQueue(connection: ChannelModel, queue: string, options: Options.AssertQueue, log: Logger) {
  try {
    await onChannel(connection, (channel) => channel.assertQueue(queue, options));
  } catch (error) {
    if ((error as { code?: number }).code !== 406) throw error;
    log.warn({ queue }, 'The queue stands with other arguments than now wanted; it is used as it is');
  }
}

export async function onChannel<T>(
  connection: Pick<ChannelModel, 'createChannel'>,
  work: (channel: Channel) => Promise<T>,
  clock: Clock = systemClock,
): Promise<T> {
  const channel = await connection.createChannel();
  channel.on('error', () => {});
  try {
    return await work(channel);
  } finally {
    await leave(channel, clock);
  }
}

/** A broker that hangs answers no goodbye, and over a connection that ends meanwhile none arrives. */
const GOODBYE_MS = 5_000;

/** Closes a channel or a connection. Never rejects, and never waits for long: one that is closed already is as good. */
export async function leave(open: { close(): Promise<void> }, clock: Clock = systemClock): Promise<void> {
  const left = (async () => open.close())();
  await within(
    GOODBYE_MS,
    left.catch(() => {}),
    clock,
  );
}

import { connect } from 'amqplib';
import { events } from '../../contracts/index.ts';
import { exchanges } from '../place.ts';
import { createNames, knownQueues, onChannel } from './topology.ts';

export interface RabbitNamespace {
  readonly url: string;
  readonly namespace: string;
  /** Queues beside those that this process has heard and those that bear the name of a service. */
  readonly queues?: readonly string[];
  /** The most shards that any of them has. */
  readonly shards?: number;
}

/** Deletes everything of a namespace, whether it is there or not: for tests and trials. */
export async function deleteRabbitNamespace({ url, namespace, queues = [], shards = 4 }: RabbitNamespace) {
  if (namespace === '') throw new Error('Only a namespace can be deleted, not the whole of a broker.');
  const names = createNames(namespace);
  const services = Object.values(events).flatMap(({ hearers }) => hearers);
  const connection = await connect(url, { noDelay: true });
  connection.on('error', () => {});
  await onChannel(connection, async (channel) => {
    for (const queue of new Set<string>([...services, ...queues, ...knownQueues(namespace)])) {
      await channel.deleteQueue(names.queue(queue));
      for (let shard = 0; shard < shards; shard++) await channel.deleteQueue(names.queue(`${queue}.shard.${shard}`));
    }
    await channel.deleteQueue(names.deadLetters);
    for (const exchange of [...exchanges, 'dead-letters']) await channel.deleteExchange(names.exchange(exchange));
  });
  await connection.close();
}

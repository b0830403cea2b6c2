import { randomBytes } from 'node:crypto';
import { type ConfirmChannel, connect } from 'amqplib';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { systemClock } from '../../server/clock.ts';
import { startTcpProxy } from '../../testing/tcp-proxy.ts';
import { until } from '../../testing/until.ts';
import { type Bus, deleteRabbitNamespace, type Heard, openRabbitBus, type RabbitBusOptions } from '../index.ts';
import { early, pace } from '../pace.ts';
import { backoff } from '../patience.ts';
import { conform } from './conformance.ts';
import { ended, numberOf, read, registered, sent, upTo } from './examples.ts';
import { door, type Ground, memory } from './ground.ts';

const log = pino({ level: process.env['TEST_LOG'] || 'silent' });
const url = process.env['TEST_BROKER_URL'] || 'amqp://guest:guest@127.0.0.1:5672';

/** What only a broker has: its names, and the channel under the bus. */
interface RabbitGround extends Ground {
  readonly namespace: string;
  pod(options?: Partial<RabbitBusOptions>): Promise<Bus>;
  readonly channel: <T>(work: (channel: ConfirmChannel) => Promise<T>) => Promise<T>;
}

async function rabbitGround(): Promise<RabbitGround> {
  const namespace = `test-${randomBytes(6).toString('hex')}`;
  const buses: Bus[] = [];
  const pod = async (options: Partial<RabbitBusOptions> = {}) => {
    const bus = await openRabbitBus({ url, log, namespace, thorough: true, ...options });
    buses.push(bus);
    return bus;
  };
  const channel = async <T>(work: (channel: ConfirmChannel) => Promise<T>) => {
    const connection = await connect(url, { noDelay: true });
    const result = await work(await connection.createConfirmChannel());
    await connection.close();
    return result;
  };
  const stop = () => Promise.all(buses.splice(0).map((bus) => bus[Symbol.asyncDispose]()));
  return {
    pod,
    async restart() {
      await stop();
      return pod();
    },
    namespace,
    channel,
    inject: (queue, body) =>
      channel(async (raw) => {
        raw.sendToQueue(`${namespace}.${queue}`, Buffer.from(JSON.stringify(body)), { persistent: true });
        await raw.waitForConfirms();
      }),
    async [Symbol.asyncDispose]() {
      await stop();
      await deleteRabbitNamespace({ url, namespace });
    },
  };
}

conform('rabbitmq', rabbitGround);

test('[rabbitmq] a pod is told of a gap when a publisher skipped a number, and of none when one repeats itself', async () => {
  await using ground = await rabbitGround();
  const bus = await ground.pod();
  const heard = memory();
  const gaps: number[] = [];
  const onGap = () => {
    gaps.push(heard.numbers.length);
  };
  await bus.hear({ kind: 'pod', queue: 'auth', pod: 'a', names: ['session.ended'], onGap, handle: async (batch) => heard.take(batch) });
  await ground.channel(async (raw) => {
    for (const [index, number] of [1, 2, 2, 4, 5].entries()) {
      const body = JSON.stringify([{ name: 'session.ended', data: ended(index + 1) }]);
      const headers = { publisher: 'p', stream: 's', number };
      raw.publish(`${ground.namespace}.user-events`, 'session.ended', Buffer.from(body), { headers });
      await raw.waitForConfirms();
      await until(() => heard.numbers.length === index + 1);
    }
  });
  expect(gaps).toEqual([3]);
});

test('[rabbitmq] facts of one tick travel as one message, whatever their names', async () => {
  await using ground = await rabbitGround();
  const bus = await ground.pod();
  const names = ['message.sent', 'message.read'] as const;
  const hearer = await bus.hear({ kind: 'shards', queue: 'messages', shards: 1, names, handle: async () => {} });
  await hearer[Symbol.asyncDispose]();
  const publish = (number: number) =>
    number % 2 === 0
      ? bus.publish('message.read', read(number), { to: { shard: 0 } })
      : bus.publish('message.sent', sent(number), { to: { shard: 0 } });
  await Promise.all(upTo(100).map(publish));
  const queue = await ground.channel((raw) => raw.checkQueue(`${ground.namespace}.messages.shard.0`));
  expect(queue.messageCount).toBe(1);
});

test('[rabbitmq] what is published to a busy shard within a turn travels as one message', async () => {
  await using ground = await rabbitGround();
  const bus = await ground.pod();
  const hearer = await bus.hear({ kind: 'shards', queue: 'messages', shards: 1, names: ['message.sent'], handle: async () => {} });
  await hearer[Symbol.asyncDispose]();
  const turn = () => Math.floor((performance.now() + early) / pace);
  const begun = turn();
  const published: Promise<void>[] = [];
  for (let number = 1; turn() - begun < 20; number++) {
    published.push(bus.publish('message.sent', sent(number), { to: { shard: 0 } }));
    await new Promise(setImmediate);
  }
  await Promise.all(published);
  const turns = turn() - begun + 1;
  const queue = await ground.channel((raw) => raw.checkQueue(`${ground.namespace}.messages.shard.0`));
  expect(queue.messageCount).toBeLessThanOrEqual(turns);
});

test('[rabbitmq] a queue that is deleted under its hearer is declared again', async () => {
  await using ground = await rabbitGround();
  const bus = await ground.pod();
  const heard = memory();
  const hearer = await bus.hear({ kind: 'shared', queue: 'users', names: ['user.registered'], handle: async (batch) => heard.take(batch) });
  await ground.channel((raw) => raw.deleteQueue(`${ground.namespace}.users`));
  await until(async () => {
    await bus.publish('user.registered', registered(1));
    return hearer.hearing && heard.numbers.length > 0;
  });
});

test('[rabbitmq] a queue that stands with another bound is used as it is', async () => {
  await using ground = await rabbitGround();
  const heard = memory();
  for (const bound of [50, 100]) {
    const bus = await ground.restart();
    await bus.hear({
      kind: 'shards',
      queue: 'messages',
      shards: 1,
      bound,
      names: ['message.sent'],
      handle: async (batch) => heard.take(batch),
    });
    await bus.publish('message.sent', sent(bound), { to: { shard: 0 } });
    await until(() => heard.numbers.includes(bound));
  }
});

/** Half of the upper half: pauses between tries are told apart from all other waits by it. */
const random = () => 0.123;
const pauseAfter = (tries: number) => backoff(tries, random, 100, 5_000);

test('[rabbitmq] a queue that can not be heard is tried again ever more seldom, and then heard once', async () => {
  await using ground = await rabbitGround();
  const waits: number[] = [];
  const sleep = (milliseconds: number, signal?: AbortSignal) => {
    waits.push(milliseconds);
    return systemClock.sleep(milliseconds, signal);
  };
  const bus = await ground.pod({ random, clock: { ...systemClock, sleep } });
  const heard = memory();
  const queue = `${ground.namespace}.others`;
  const { hearing } = await ground.channel(async (raw) => {
    await raw.assertQueue(queue, { durable: true });
    await raw.consume(queue, () => {}, { exclusive: true });
    const hearing = bus.hear({ kind: 'shared', queue: 'others', names: ['user.registered'], handle: async (batch) => heard.take(batch) });
    await until(() => waits.includes(pauseAfter(4)));
    return { hearing };
  });
  const hearer = await hearing;
  await until(() => hearer.hearing);
  await Promise.all(upTo(30).map((number) => bus.publish('user.registered', registered(number))));
  await until(() => heard.numbers.length === 30);
  expect(heard.numbers).toEqual(upTo(30));
  expect(await ground.channel((raw) => raw.checkQueue(queue))).toMatchObject({ consumerCount: 1, messageCount: 0 });
  const pauses = waits.filter((milliseconds) => upTo(7).map(pauseAfter).includes(milliseconds));
  expect(pauses).toEqual(upTo(pauses.length).map(pauseAfter));
});

test('[rabbitmq] a queue taken away while its facts are being handled costs no more than these', async () => {
  const address = new URL(url);
  await using wire = await startTcpProxy({ host: address.hostname, port: Number(address.port || 5672) });
  await using ground = await rabbitGround();
  address.hostname = '127.0.0.1';
  address.port = String(wire.port);
  const bus = await ground.pod({ url: address.href });
  const publisher = await ground.pod();
  const queue = `${ground.namespace}.users`;
  const heard = memory();
  const begun = door();
  await ground.channel(async (raw) => {
    const handle = async (batch: readonly Heard[]) => {
      await begun.opened;
      heard.take(batch);
      // Handled one after another, at the pace of the broker, so that some are over while the channel closes.
      await raw.checkExchange(`${ground.namespace}.user-events`);
    };
    await bus.hear({ kind: 'shared', queue: 'users', names: ['user.registered'], batch: 1, handle });
    for (const number of upTo(250))
      raw.sendToQueue(queue, Buffer.from(JSON.stringify([{ name: 'user.registered', data: registered(number) }])), { persistent: true });
    await raw.waitForConfirms();
    wire.slow(20);
    begun.open();
    await until(() => heard.numbers.length > 20);
    await ground.channel((other) => other.deleteQueue(queue));
    await until(async () => {
      await publisher.publish('user.registered', registered(1_000));
      return heard.numbers.includes(1_000);
    });
  });
});

test('[rabbitmq] an erasure finds what its author deleted behind however many dead letters', { timeout: 120_000 }, async () => {
  await using ground = await rabbitGround();
  const bus = await ground.pod();
  const letter = (number: number) => JSON.stringify([{ body: { name: 'user.registered', data: registered(number) }, reason: '', at: '' }]);
  const exchange = `${ground.namespace}.dead-letters`;
  await ground.channel(async (raw) => {
    for (let number = 1; number <= 10_001; number++)
      raw.publish(exchange, number > 10_000 ? 'users' : 'messages', Buffer.from(letter(number)));
    await raw.waitForConfirms();
  });
  expect(await bus.deadLetters.erase(({ body }) => numberOf(body as Heard) === 10_001)).toBe(1);
});

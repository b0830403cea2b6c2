import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { type Bus, deleteRabbitNamespace, openEmbeddedBus, openRabbitBus } from '../common/src/bus/index.ts';
import type { EventData } from '../common/src/contracts/index.ts';
import { openDatabase } from '../common/src/database/index.ts';
import { createLog } from '../common/src/server/index.ts';

/**
 * Facts per second from publisher to hearer, each validated, durable and confirmed. Open windows: publishers keep so
 * many publications under way, as the sockets of a loaded pod would.
 */
const { values: options } = parseArgs({
  options: {
    adapter: { type: 'string', default: 'rabbitmq' },
    facts: { type: 'string', default: '300000' },
    window: { type: 'string', default: '5000' },
    kind: { type: 'string', default: 'shard' },
    rabbit: { type: 'string', default: 'amqp://guest:guest@127.0.0.1:5672' },
    database: { type: 'string', default: 'postgresql://postgres@127.0.0.1:5432/postgres' },
  },
});
const total = Number(options.facts);
const log = createLog('bench', 'error');

const uuid = (number: number) => `018f0000-0000-7000-8000-${String(number).padStart(12, '0')}`;
const text = 'x'.repeat(100);
const sent = (number: number): EventData<'message.sent'> => ({
  clientId: uuid(number),
  conversationId: uuid(number % 1_000),
  senderId: uuid(1),
  peerId: uuid(2),
  deviceId: 'device',
  content: { kind: 'text', text },
  replyTo: null,
});
const online = (number: number): EventData<'user.online'> => ({ userId: uuid(number), number: number + 1, at: '2026-01-01T00:00:00.000Z' });

async function measure(bus: Bus) {
  let heard = 0;
  let batches = 0;
  const { promise: all, resolve } = Promise.withResolvers<void>();
  const handle = async (batch: readonly unknown[]) => {
    heard += batch.length;
    batches++;
    if (heard >= total) resolve();
  };
  if (options.kind === 'shard')
    await bus.hear({ kind: 'shards', queue: 'messages', shards: 1, bound: 100_000, names: ['message.sent'], handle });
  else await bus.hear({ kind: 'shared', queue: 'users', names: ['user.online'], handle });
  const publish = (number: number) =>
    options.kind === 'shard' ? bus.publish('message.sent', sent(number), { to: { shard: 0 } }) : bus.publish('user.online', online(number));

  const began = performance.now();
  const cpu = process.cpuUsage();
  await publishAll(publish);
  const confirmed = performance.now() - began;
  await all;
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return {
    adapter: options.adapter,
    kind: options.kind,
    facts: total,
    factsPerSecond: Math.round(total / seconds),
    confirmedPerSecond: Math.round(total / (confirmed / 1_000)),
    factsPerBatch: Math.round(heard / batches),
    cpuMicrosecondsPerFact: Number(((user + system) / total).toFixed(1)),
    idleRoundTripMilliseconds: await roundTrip(publish),
  };
}

async function publishAll(publish: (number: number) => Promise<void>) {
  let next = 0;
  const lane = async () => {
    while (next < total) {
      const burst = Math.min(50, total - next);
      await Promise.all(Array.from({ length: burst }, () => publish(next++)));
    }
  };
  await Promise.all(Array.from({ length: Number(options.window) / 50 }, lane));
}

/** The median time of one publication alone. */
async function roundTrip(publish: (number: number) => Promise<void>) {
  const times: number[] = [];
  for (let index = 0; index < 200; index++) {
    const began = performance.now();
    await publish(total + index);
    times.push(performance.now() - began);
  }
  return Number(times.sort((one, other) => one - other)[100]?.toFixed(2));
}

async function onRabbit() {
  const namespace = `bench-${randomBytes(4).toString('hex')}`;
  try {
    await using bus = await openRabbitBus({ url: options.rabbit, log, namespace });
    return await measure(bus);
  } finally {
    await deleteRabbitNamespace({ url: options.rabbit, namespace });
  }
}

async function onEmbedded() {
  const name = `parley_bench_${randomBytes(4).toString('hex')}`;
  const server = openDatabase({ url: options.database, name: 'bench', log, pool: 1 });
  await server.query(`create database ${name}`);
  const url = new URL(options.database);
  url.pathname = `/${name}`;
  const database = openDatabase({ url: url.href, name: 'bench', log, pool: 4 });
  try {
    await using bus = await openEmbeddedBus({ database, log });
    return await measure(bus);
  } finally {
    await database.end();
    await server.query(`drop database ${name} with (force)`);
    await server.end();
  }
}

process.stdout.write(`${JSON.stringify(await (options.adapter === 'embedded' ? onEmbedded() : onRabbit()))}\n`);

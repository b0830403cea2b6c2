import { closeSync, existsSync, fdatasyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { conversationIdOf, shardOf, uuidv7 } from '@parley/common/contracts';
import { migrate, openDatabase } from '@parley/common/database';
import { createLog, systemClock } from '@parley/common/server';
import { type Command, gather } from '../messages/src/commands.ts';
import { outcomesOf } from '../messages/src/outcomes.ts';
import { createStore } from '../messages/src/store.ts';

/**
 * How many messages one database function stores per second, by the size of the batch, with and without receipts. No bus
 * and no sockets: what remains is what PostgreSQL and the arrays around it cost.
 */
const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'postgresql://postgres@127.0.0.1:5432/parley_bench' },
    pairs: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '3' },
    writers: { type: 'string', default: '2' },
    batches: { type: 'string', default: '1,10,50,100,250,500' },
  },
});
const log = createLog('bench', 'silent');
const database = openDatabase({ url: values.url, name: 'bench', log, pool: 4 });
await migrate(database, new URL('../messages/prisma/migrations', import.meta.url), { log });
const store = createStore({ database, clock: systemClock, newConversations: 1_000_000 });
const writers = Number(values.writers);
const pairs = Array.from({ length: Number(values.pairs) }, () => {
  const [senderId, peerId] = [uuidv7(), uuidv7()];
  return { senderId, peerId, conversationId: conversationIdOf(senderId, peerId), seq: 0 };
});
await database.query('INSERT INTO people (user_id) SELECT unnest($1::uuid[])', [
  pairs.flatMap(({ senderId, peerId }) => [senderId, peerId]),
]);
const text = 'x'.repeat(100);

console.log(`${pairs.length} pairs, ${writers} writers, fdatasync of the moment: ${syncMs().toFixed(2)} ms (median of 50)`);
for (const receipts of [false, true]) {
  for (const size of values.batches.split(',').map(Number)) {
    const { messages, batches, p50, p99, node, backend } = await measure(size, receipts);
    console.log(
      `${receipts ? 'with delivered and read' : 'messages alone       '}  batch ${String(size).padStart(3)}: ${String(Math.round(messages)).padStart(6)} messages/s, ` +
        `${Math.round(batches)} batches/s, a batch p50 ${p50.toFixed(2)} ms p99 ${p99.toFixed(2)} ms, CPU a message: PostgreSQL ${backend.toFixed(0)} µs, Node ${node.toFixed(0)} µs`,
    );
  }
}
await database.end();

async function measure(size: number, receipts: boolean) {
  const until = performance.now() + Number(values.seconds) * 1000;
  const times: number[] = [];
  let count = 0;
  const cpuBefore = { node: process.cpuUsage(), backend: await backendCpu() };
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      const own = pairs.filter(({ conversationId }) => shardOf(conversationId, writers) === writer);
      while (performance.now() < until) {
        const gathering = gather(batch(own, size, receipts));
        const start = performance.now();
        const stored = await store.store(gathering);
        times.push(performance.now() - start);
        outcomesOf(gathering, stored, Date.now());
        count += size;
      }
    }),
  );
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore.node);
  const backend = ((await backendCpu()) - cpuBefore.backend) / count;
  times.sort((one, other) => one - other);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return {
    messages: count / seconds,
    batches: times.length / seconds,
    p50: at(0.5),
    p99: at(0.99),
    node: (user + system) / count,
    backend,
  };
}

/** Microseconds that the connections' processes have spent, where PostgreSQL runs on this machine; on a busy one this says more than the rate. */
async function backendCpu(): Promise<number> {
  const { rows } = await database.query<{ pid: number }>("SELECT pid FROM pg_stat_activity WHERE application_name = 'bench'");
  const files = rows.map(({ pid }) => `/proc/${pid}/stat`).filter(existsSync);
  const ticks = files.map((file) => readFileSync(file, 'utf8').split(') ')[1]?.split(' ').slice(11, 13).map(Number) ?? [0]);
  return ticks.flat().reduce((sum, next) => sum + next, 0) * 10_000;
}

function batch(own: typeof pairs, size: number, receipts: boolean): Command[] {
  const touched = new Set<(typeof pairs)[number]>();
  const sent = Array.from({ length: size }, (): Command => {
    const pair = own[Math.floor(Math.random() * own.length)] as (typeof pairs)[number];
    const { conversationId, senderId, peerId } = pair;
    touched.add(pair);
    const data = {
      clientId: uuidv7(),
      conversationId,
      senderId,
      peerId,
      deviceId: '',
      content: { kind: 'text' as const, text },
      replyTo: null,
    };
    return { name: 'message.sent', data };
  });
  if (!receipts) return sent;
  const marks = [...touched].flatMap((pair): Command[] => {
    const { conversationId, senderId, peerId } = pair;
    pair.seq += 1;
    const data = { clientId: uuidv7(), conversationId, senderId: peerId, peerId: senderId, deviceId: '', seq: pair.seq };
    return [
      { name: 'message.delivered', data },
      { name: 'message.read', data: { ...data, clientId: uuidv7() } },
    ];
  });
  return [...sent, ...marks];
}

function syncMs(): number {
  const folder = mkdtempSync(join(tmpdir(), 'parley-sync-'));
  const file = openSync(join(folder, 'sync'), 'w');
  const times = Array.from({ length: 50 }, () => {
    const start = performance.now();
    writeSync(file, Buffer.alloc(8192), 0, 8192, 0);
    fdatasyncSync(file);
    return performance.now() - start;
  });
  closeSync(file);
  rmSync(folder, { recursive: true });
  return times.sort((one, other) => one - other)[25] ?? 0;
}

/**
 * What one pod of socket-handler bears: pairs talk over it at a fixed rate, whatever it answers (open loop), and a store that
 * only numbers says that all is stored. Prints the latency from the intended moment of sending to the peer's receipt, and the
 * processor time of the pod per message. `node bench/sockets-load.ts [messages per second] [seconds] [pairs]`; needs RabbitMQ and Redis.
 * `PROFILE=<folder>` profiles the pod into it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { openRabbitBus } from '@parley/common/bus';
import { type EventData, membersOf, uuidv7 } from '@parley/common/contracts';
import { openRedisRegistry } from '@parley/common/registry';
import { freePort, type SignedIn, signedIn, TEST_ORIGIN, testKeys, testLog } from '@parley/common/testing';
import { WebSocket } from 'ws';

const [rate = 1_000, seconds = 10, pairs = 100] = process.argv.slice(2).map(Number);
const BROKER_URL = process.env['BROKER_URL'] ?? 'amqp://guest:guest@127.0.0.1:5672';
const CACHE_URL = process.env['CACHE_URL'] ?? 'redis://127.0.0.1:6379';
const SHARDS = 2;
const text = 'x'.repeat(100);
const TICK_MS = 5;

const auth = createServer((_request, response) => {
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: testKeys, ended: [] }));
});
auth.listen(0, '127.0.0.1');
await once(auth, 'listening');
const port = await freePort();
const pod = startPod();
const stopStore = await runStore();
await answering();

const sentAt = new Map<string, number>();
const latencies: number[] = [];
let refused = 0;
const talkers = await Promise.all(Array.from({ length: pairs }, openPair));

const cpuBefore = processorOf(pod);
const begin = performance.now();
let due = 0;
for (let sent = 0; sent < rate * seconds; ) {
  due = Math.min(rate * seconds, Math.floor(((performance.now() - begin) / 1000) * rate));
  for (; sent < due; sent++) talkers[sent % talkers.length]?.(begin + (sent / rate) * 1000);
  await new Promise((resolve) => setTimeout(resolve, TICK_MS));
}
for (let still = -1; still !== latencies.length && sentAt.size > 0; ) {
  still = latencies.length;
  await new Promise((resolve) => setTimeout(resolve, 2_000));
}
const cpu = processorOf(pod) - cpuBefore;

latencies.sort((one, other) => one - other);
const at = (part: number) => (latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))] ?? Number.NaN).toFixed(1);
process.stdout.write(
  `${rate}/s for ${seconds} s, ${pairs} pairs: ${latencies.length} of ${rate * seconds} shown, ${refused} refused, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, ` +
    `pod ${((cpu * 1e6) / latencies.length).toFixed(0)} µs of processor a message\n`,
);
pod.kill('SIGTERM');
await once(pod, 'exit');
await stopStore();
auth.close();
process.exit();

function startPod(): ChildProcess {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const profiled = process.env['PROFILE'] ? ['--cpu-prof', `--cpu-prof-dir=${process.env['PROFILE']}`] : [];
  return spawn(process.execPath, [...profiled, `${root}socket-handler/src/main.ts`], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      BROKER_URL,
      CACHE_URL,
      HOST: '127.0.0.1',
      PORT: String(port),
      LOG_LEVEL: 'error',
      ALLOWED_ORIGINS: TEST_ORIGIN,
      AUTH_URL: `http://127.0.0.1:${(auth.address() as AddressInfo).port}`,
      MESSAGES_URL: `http://127.0.0.1:${(auth.address() as AddressInfo).port}`,
      SHARDS: String(SHARDS),
      SOCKETS_PER_ADDRESS: '100000',
      FRAMES_PER_SECOND: '10000',
      DRAIN_SECONDS: '0',
    },
  });
}

async function answering() {
  while (!(await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined))?.ok)
    await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Two people; the function sends from one of them to the other. */
async function openPair() {
  const [one, other] = [signedIn(), signedIn()];
  const [sender] = await Promise.all([connect(one, false), connect(other, true)]);
  return (intended: number) => {
    const clientId = uuidv7();
    sentAt.set(clientId, intended);
    sender.send(JSON.stringify({ type: 'send', clientId, to: other.userId, content: { kind: 'text', text } }));
  };
}

async function connect({ cookie }: SignedIn, counts: boolean) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/chat`, 'parley.1', { headers: { cookie, origin: TEST_ORIGIN } });
  const greeted = new Promise((resolve) => socket.once('message', resolve));
  socket.on('message', (data) => {
    const now = performance.now();
    const said = JSON.parse(String(data));
    for (const frame of Array.isArray(said) ? said : [said]) {
      if (frame.type === 'refused') refused++;
      if (frame.type !== 'update' || !counts) continue;
      const { clientId } = frame.update.messages[0];
      latencies.push(now - (sentAt.get(clientId) ?? Number.NaN));
      sentAt.delete(clientId);
    }
  });
  await greeted;
  return socket;
}

async function runStore() {
  const bus = await openRabbitBus({ url: BROKER_URL, log: testLog, name: `bench-${randomBytes(3).toString('hex')}` });
  const registry = await openRedisRegistry({ url: CACHE_URL, log: testLog });
  const versions = new Map<string, number>();
  const tell = async (data: EventData<'message.sent'>, pods: readonly string[] | 'every') => {
    const { conversationId, senderId, peerId, clientId, content, replyTo } = data;
    const version = (versions.get(conversationId) ?? 0) + 1;
    versions.set(conversationId, version);
    const shown = { reactions: [], sentAt: new Date().toISOString(), editedAt: null, deletedAt: null };
    const message = { id: uuidv7(), seq: version, version, clientId, senderId, content, replyTo, ...shown };
    const update = { conversationId, epoch: 'bench', from: version - 1, version, messages: [message] };
    await bus.publish('message.stored', { members: membersOf(senderId, peerId), update }, { to: { group: 'socket-handler', pods } });
  };
  await bus.hear({
    kind: 'shards',
    queue: 'messages',
    shards: SHARDS,
    names: ['message.sent'],
    async handle(batch) {
      const people = [...new Set(batch.flatMap(({ data }) => [data.senderId, data.peerId]))];
      const found = await registry.podsOf('socket-handler', people);
      await Promise.all(
        batch.map(({ data }) =>
          tell(data, found === 'every' ? found : [...new Set([data.senderId, data.peerId].flatMap((id) => found.get(id) ?? []))]),
        ),
      );
    },
  });
  return async () => {
    await bus[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
  };
}

/** Seconds of processor time, of user and system. */
function processorOf({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

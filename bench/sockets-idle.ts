/**
 * What an idle socket costs: opens chat sockets to a socket-handler process of its own and prints its resident memory
 * per socket. V8 lets its young generation grow by some 60 MB in a storm of handshakes and keeps it; it runs here as the manifests run it,
 * with 16. `node bench/sockets-idle.ts [sockets]`; needs RabbitMQ and Redis at BROKER_URL and CACHE_URL.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { freePort, signedIn, TEST_ORIGIN, testKeys } from '@parley/common/testing';

const count = Number(process.argv[2] ?? 10_000);
const atOnce = 200;
/** Has the service collect its garbage when asked. */
const collector = 'data:text/javascript,process.on("SIGUSR2",()=>globalThis.gc())';

const auth = createServer((_request, response) =>
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: testKeys, ended: [] })),
);
auth.listen(0, '127.0.0.1');
await once(auth, 'listening');

const port = await freePort();
const service = startService(port);
await answering(`http://127.0.0.1:${port}/health/ready`);

// What grows once, whoever comes, is not the price of a socket.
await closeAll(await openAll(Math.min(1_000, count)));
const before = await settled(service);
const sockets = await openAll(count);
const after = await settled(service);

print(`sockets            ${sockets.length}`);
print(`resident before    ${kibibytes(before.resident)} KiB`);
print(`resident after     ${kibibytes(after.resident)} KiB`);
print(
  `per socket         ${kibibytes((after.resident - before.resident) / sockets.length)} KiB resident, ${kibibytes((after.heap - before.heap) / sockets.length)} KiB of it heap`,
);
print(`kernel, per socket ${kibibytes((after.slab - before.slab) / sockets.length)} KiB slab (both ends)`);

await closeAll(sockets);
service.kill('SIGTERM');
await once(service, 'exit');
auth.close();
auth.closeAllConnections();

function kibibytes(bytes: number) {
  return Math.round(bytes / 102.4) / 10;
}

function print(line: string) {
  process.stdout.write(`${line}\n`);
}

function startService(listening: number): ChildProcess {
  const root = fileURLToPath(new URL('..', import.meta.url));
  return spawn(
    process.execPath,
    ['--expose-gc', '--max-semi-space-size=16', `--import=${collector}`, `${root}socket-handler/src/main.ts`],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        BROKER_URL: 'amqp://guest:guest@127.0.0.1:5672',
        CACHE_URL: 'redis://127.0.0.1:6379',
        ...process.env,
        HOST: '127.0.0.1',
        PORT: String(listening),
        LOG_LEVEL: 'error',
        ALLOWED_ORIGINS: TEST_ORIGIN,
        AUTH_URL: `http://127.0.0.1:${(auth.address() as AddressInfo).port}`,
        MESSAGES_URL: `http://127.0.0.1:${(auth.address() as AddressInfo).port}`,
        SOCKETS_PER_ADDRESS: '1000000',
        HANDSHAKES_PER_SECOND: '100000',
        DRAIN_SECONDS: '0',
      },
    },
  );
}

async function answering(url: string) {
  for (;;) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function openAll(wanted: number): Promise<Socket[]> {
  const opened: Socket[] = [];
  while (opened.length < wanted)
    opened.push(...(await Promise.all(Array.from({ length: Math.min(atOnce, wanted - opened.length) }, open))));
  return opened;
}

/** No WebSocket on this side: it is the other one that is measured. Pings are answered by an unsolicited pong. */
async function open(): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  const head = ['GET /ws/chat HTTP/1.1', `host: 127.0.0.1:${port}`, `origin: ${TEST_ORIGIN}`, `cookie: ${signedIn().cookie}`];
  const upgrade = ['connection: Upgrade', 'upgrade: websocket', 'sec-websocket-version: 13', 'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA=='];
  socket.write(`${[...head, ...upgrade, 'sec-websocket-protocol: parley.1'].join('\r\n')}\r\n\r\n`);
  socket.setNoDelay();
  for (let text = ''; !text.includes('"hello"'); ) {
    const [chunk] = await once(socket, 'data');
    text += String(chunk);
    if (text.includes('HTTP/1.1 ') && !text.includes(' 101 ')) throw new Error(text);
  }
  const pong = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);
  socket.on('data', () => socket.write(pong));
  return socket;
}

async function closeAll(open: readonly Socket[]) {
  await Promise.all(
    open.map((socket) => {
      socket.destroy();
      return socket.closed || once(socket, 'close');
    }),
  );
}

/** The least of some looks: memory that is only waiting for the collector is nobody's. */
async function settled({ pid }: ChildProcess) {
  const looks = [];
  for (let look = 0; look < 5; look++) {
    process.kill(pid as number, 'SIGUSR2');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    looks.push(await memoryOf(pid as number));
  }
  return looks.reduce((least, look) => (look.resident < least.resident ? look : least));
}

async function memoryOf(pid: number) {
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const heap = Number(/^parley_nodejs_heap_size_used_bytes (\S+)/m.exec(metrics)?.[1]);
  return { resident: bytesOf(`/proc/${pid}/status`, 'VmRSS'), slab: bytesOf('/proc/meminfo', 'Slab'), heap };
}

function bytesOf(file: string, name: string) {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(file, 'utf8'))?.[1]) * 1024;
}

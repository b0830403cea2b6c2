import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { parseArgs } from 'node:util';
import { pause } from './load.ts';
import { ownProcessor, systemProcessor } from './machine.ts';

/**
 * What it costs, in processor of both sides, to give another process 200 bytes over loopback: one after the other without a rest, and
 * one a millisecond, when the other sleeps and has to be woken. Where this is much, what a system does message by message is dear.
 */
const { values } = parseArgs({ options: { listens: { type: 'boolean', default: false } } });
if (values.listens) listen();
else await measure();

function listen() {
  const server = createServer((socket) => socket.on('data', () => {}).on('close', () => server.close()));
  server.listen(0, '127.0.0.1', () => console.log((server.address() as { port: number }).port));
}

async function measure() {
  const other = spawn(process.execPath, [import.meta.filename, '--listens'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = (await once(other.stdout, 'data')) as [Buffer];
  const socket = connect({ port: Number(port), host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const bytes = Buffer.alloc(200, 'x');
  const write = () => new Promise<void>((written) => socket.write(bytes, () => written()));
  const spent = () => ownProcessor() + Object.values(systemProcessor()).reduce((sum, seconds) => sum + seconds, 0);
  const cost = async (times: number, rest: () => Promise<void>) => {
    const before = spent();
    for (let time = 0; time < times; time++) await rest();
    return (spent() - before) / times;
  };
  const many = async () => void (await Promise.all(Array.from({ length: 100 }, write)));
  await cost(100, many);
  const idle = await cost(4_000, () => pause(1));
  const together = (await cost(2_000, many)) / 100;
  const alone = (await cost(4_000, () => write().then(() => pause(1)))) - idle;
  const told = (seconds: number) => `${(seconds * 1e6).toFixed(1)} µs`;
  console.log(`200 bytes to another process: ${told(together)} in a crowd, ${told(alone)} alone, one a millisecond`);
  socket.destroy();
  await once(other, 'exit');
}

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { closeCodes } from '@parley/common/contracts';
import { until } from '@parley/common/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { wireFrame } from '../fuzz/bytes.ts';
import { type Platform, startPlatform } from '../fuzz/platform.ts';
import { type Part, run } from '../fuzz/run.ts';
import { privateFolder } from '../platform/tests/parley.ts';
import { createPeople, type Device, type Person } from './people.ts';

/** A Parley with the limits that it comes with, and two people who talk on it while others do their worst. */
const stack = new AsyncDisposableStack();
let platform: Platform;
let alice: Person;
let [hers, his]: Device[] = [];
beforeAll(async () => {
  const folder = stack.use(privateFolder());
  platform = stack.use(await startPlatform({ folder: folder.path, environment: {} }));
  const people = stack.use(createPeople(platform.url));
  const bob = await people.signUp('Bob');
  alice = await people.signUp('Alice');
  [hers, his] = [await people.device(alice), await people.device(bob)];
  told = 0;
  tell = async () => {
    const text = `message ${++told}`;
    await hers?.say(bob, text);
    await until(() => his?.texts(alice).at(-1) === text);
  };
});
afterAll(() => stack.disposeAsync());

let told: number;
/** Honest people are served: what one writes, the other sees. */
let tell: () => Promise<void>;

const cookie = () => [...alice.session.cookies].map(([name, value]) => `${name}=${value}`).join('; ');

async function open(text = ''): Promise<Socket & { heard(): string }> {
  const { hostname, port } = new URL(platform.url);
  const socket = connect({ host: hostname, port: Number(port) });
  let heard = '';
  socket.on('data', (data) => {
    heard += data.toString('latin1');
  });
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(text);
  return Object.assign(socket, { heard: () => heard });
}

const many = <T>(count: number, make: () => Promise<T>) => Promise.all(Array.from({ length: count }, make));
const head = (line: string) => `${line} HTTP/1.1\r\nhost: ${new URL(platform.url).host}\r\n`;
const upgrade = (path: string, more = '') =>
  `${head(`GET ${path}`)}origin: ${platform.url}\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n` +
  `sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: parley.1\r\n${more}\r\n`;
/** A chat socket of somebody who is signed in, as bytes. */
async function chatSocket() {
  const socket = await open(upgrade('/ws/chat', `cookie: ${cookie()}\r\n`));
  await until(() => socket.heard().includes('"hello"'));
  return socket;
}
const closedWith = (socket: { heard(): string }, reason: keyof typeof closeCodes) =>
  until(
    () =>
      socket.heard().includes(reason) &&
      socket.heard().includes(String.fromCharCode(closeCodes[reason].code >> 8, closeCodes[reason].code & 0xff)),
  );

/** Writes a little now and then, for ever. */
function drip(sockets: readonly Socket[], text: string) {
  const dripping = setInterval(() => {
    for (const socket of sockets) if (socket.writable) socket.write(text);
  }, 500);
  return { [Symbol.dispose]: () => clearInterval(dripping) };
}

test('headers that never end are cut off, and others are served meanwhile', async () => {
  const slow = await many(300, () => open(head('GET /api/auth/me')));
  using _dripping = drip(slow, 'x: y\r\n');
  await tell();
  await until(() => slow.every(({ closed }) => closed), 60_000);
  expect(slow.filter((socket) => !/^HTTP\/1\.1 408 /.test(socket.heard()))).toEqual([]);
});

test('bodies that never end keep nobody from being served', async () => {
  const slow = await many(300, () =>
    open(`${head('POST /api/auth/sign-in')}content-type: application/json\r\ncontent-length: 10000\r\n\r\n`),
  );
  using _dripping = drip(slow, ' ');
  for (let times = 0; times < 5; times++) await tell();
  for (const socket of slow) socket.destroy();
});

test('a frame that never ends keeps nobody from being served, and one too large is not waited for', async () => {
  const slow = await many(20, chatSocket);
  for (const socket of slow) socket.write(wireFrame({ payload: Buffer.from('{'), length: 60_000n }));
  using _dripping = drip(slow, 'x');
  const large = await chatSocket();
  large.write(wireFrame({ payload: Buffer.from('{'), length: 2n ** 53n }));
  await closedWith(large, 'bad-frame');
  await tell();
  for (const socket of slow) socket.destroy();
});

test('a message in endless pieces is no frame', async () => {
  const socket = await chatSocket();
  socket.write(wireFrame({ first: 0x01, payload: Buffer.from('[') }));
  for (let piece = 0; piece < 1_000; piece++) socket.write(wireFrame({ first: 0x00, payload: Buffer.from(' ') }));
  await closedWith(socket, 'bad-frame');
  await tell();
});

test('nothing is unpacked that was packed to be huge', async () => {
  const offering = new WebSocket(`${platform.url.replace('http', 'ws')}/ws/chat`, 'parley.1', {
    perMessageDeflate: true,
    headers: { origin: platform.url, cookie: cookie() },
  });
  await once(offering, 'message');
  expect(offering.extensions).toBe('');
  offering.terminate();
  const packed = await chatSocket();
  packed.write(wireFrame({ first: 0xc1, payload: Buffer.from([0x4a, 0x04, 0x00]) }));
  await closedWith(packed, 'bad-frame');
  const body = gzipSync(Buffer.alloc(50_000_000, ' '));
  const answers = await many(20, () =>
    fetch(`${platform.url}/api/auth/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body,
    }),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([413]));
  await tell();
});

test('a flood of headers is refused', async () => {
  const flooding = await many(200, () => open(`${head('GET /api/users')}${'x: yyyyyyyyyyyyyyyyyyyyyyyy\r\n'.repeat(3_000)}\r\n`));
  await tell();
  await until(() => flooding.every(({ closed }) => closed));
  expect(flooding.filter((socket) => !/^(HTTP\/1\.1 431 |$)/.test(socket.heard()))).toEqual([]);
});

test('whoever opens sockets without a session and says nothing is not kept', async () => {
  const idle = await many(500, () => open(upgrade('/ws/chat')));
  await tell();
  await until(() => idle.every(({ closed }) => closed), 30_000);
});

test('whoever asks for what is not there and resets the connection harms nobody', async () => {
  const rude = await many(300, () => open());
  for (const socket of rude) {
    socket.write(upgrade('/ws/nothing'));
    setImmediate(() => socket.resetAndDestroy());
  }
  await tell();
  expect(platform.running).toBe(true);
});

test('a flood of frames ends the sockets that it comes from, and others are served', async () => {
  const flooding = await many(5, chatSocket);
  const burst = Buffer.concat(Array.from({ length: 2_000 }, () => wireFrame({ payload: Buffer.from('{"type":"nothing"}') })));
  for (const socket of flooding) socket.write(burst);
  await Promise.all(flooding.map((socket) => closedWith(socket, 'flooding')));
  await tell();
});

test('some thousands of odd inputs crash nothing, hang nothing and are answered as the contracts say', async () => {
  using folder = privateFolder();
  const parts: Part[] = [];
  const { talk, findings: after } = await run({
    seed: 1,
    from: 0,
    to: 3_000,
    part: 1_500,
    minutes: 5,
    folder: folder.path,
    done: (part) => parts.push(part),
  });
  expect([...parts.flatMap(({ findings }) => findings), ...after]).toEqual([]);
  expect(parts.at(-1)?.to).toBe(3_000);
  expect(talk).toEqual({ written: talk.written, seen: talk.written, sameOrder: true });
});

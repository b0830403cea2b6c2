import { once } from 'node:events';
import type { RequestListener, Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { until } from '../testing/index.ts';
import { serve } from './serve.ts';

const anywhere = { port: 0, host: '127.0.0.1' };
const serving = (http: RequestListener, onStop: () => void = () => {}) =>
  serve(
    {
      http,
      ready: () => true,
      async [Symbol.asyncDispose]() {
        onStop();
      },
    },
    anywhere,
  );

/** How many connections there are from now on. */
function connections(server: Server): () => number {
  let count = 0;
  server.on('connection', (socket: Socket) => {
    count += 1;
    socket.once('close', () => (count -= 1));
  });
  return () => count;
}

async function raw(url: string, text: string): Promise<Socket & { heard(): string }> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let heard = '';
  socket.on('data', (data) => {
    heard += String(data);
  });
  await once(socket, 'connect');
  socket.write(text);
  return Object.assign(socket, { heard: () => heard });
}

test('[D10] a request that was begun is answered, then the service is stopped; nothing new is taken meanwhile', async () => {
  const order: string[] = [];
  const answer = Promise.withResolvers<void>();
  const listening = await serving(
    async (_request, response) => {
      order.push('begun');
      await answer.promise;
      response.end('done');
      order.push('answered');
    },
    () => order.push('stopped'),
  );
  const asked = fetch(listening.url);
  await until(() => order.includes('begun'));
  const stopping = listening[Symbol.asyncDispose]();
  await expect(fetch(listening.url)).rejects.toThrow();
  answer.resolve();
  expect(await (await asked).text()).toBe('done');
  await stopping;
  expect(order).toEqual(['begun', 'answered', 'stopped']);
});

test('a connection that is kept alive does not keep the server', async () => {
  const listening = await serving((_request, response) => void response.end('x'));
  const socket = await raw(listening.url, 'GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  await until(() => socket.heard().includes('200 OK'));
  const closed = once(socket, 'close');
  await listening[Symbol.asyncDispose]();
  await closed;
});

test('a request that does not end in time does not keep the server either', async () => {
  const listening = await serve({ http: () => {}, ready: () => true, async [Symbol.asyncDispose]() {} }, { ...anywhere, drainMs: 50 });
  const socket = await raw(listening.url, 'GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  const asked = once(listening.server, 'request');
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  await asked;
  await listening[Symbol.asyncDispose]();
  await once(socket, 'close');
});

test('an upgrade is refused where there is none, and headers beyond their limit always', async () => {
  await using listening = await serving((_request, response) => void response.end('x'));
  const upgrade = await raw(listening.url, 'GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
  await once(upgrade, 'close');
  expect(upgrade.heard()).toContain('404');
  const huge = await raw(listening.url, `GET / HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`);
  await once(huge, 'close');
  expect(huge.heard()).toMatch(/^HTTP\/1.1 431 /);
});

test('whoever asks for a socket and resets the connection takes nobody along', async () => {
  const taken = Promise.withResolvers<Duplex>();
  await using listening = await serve(
    {
      http: (_request, response) => void response.end('x'),
      upgrade: (_, socket) => taken.resolve(socket),
      ready: () => true,
      async [Symbol.asyncDispose]() {},
    },
    anywhere,
  );
  const rude = await raw(listening.url, 'GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
  const socket = await taken.promise;
  const left = new Promise((resolve) => socket.once('close', resolve));
  rude.resetAndDestroy();
  await left;
  expect(await (await fetch(listening.url)).text()).toBe('x');
});

test('whoever is refused and does not hang up holds no place', async () => {
  await using listening = await serving((_request, response) => void response.end('x'));
  const left = connections(listening.server);
  const socket = connect({ port: Number(new URL(listening.url).port), host: '127.0.0.1', allowHalfOpen: true });
  socket.write('this is not HTTP\r\n\r\n');
  await once(socket.resume(), 'end');
  await until(() => left() === 0);
  socket.destroy();
});

test('whoever asks and does not read the answer holds no place', async () => {
  const service = { http: ((_request, response) => response.end('x'.repeat(50_000_000))) as RequestListener, ready: () => true };
  await using listening = await serve({ ...service, async [Symbol.asyncDispose]() {} }, { ...anywhere, stalledMs: 200 });
  const left = connections(listening.server);
  const socket = connect(Number(new URL(listening.url).port), '127.0.0.1').pause();
  const asked = once(listening.server, 'request');
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  await asked;
  await until(() => left() === 0);
  socket.destroy();
});

test.runIf(process.platform === 'linux')('of a crowd several are let in at every turn of the loop', async () => {
  await using listening = await serving((_request, response) => void response.end('x'));
  const here = connections(listening.server);
  const crowd = Array.from({ length: 100 }, () => connect(Number(new URL(listening.url).port), '127.0.0.1'));
  let turns = 0;
  for (; here() < crowd.length; turns++) await new Promise(setImmediate);
  expect(turns).toBeLessThan(crowd.length / 2);
  for (const socket of crowd) socket.destroy();
});

test('a port that somebody else has is refused at once', async () => {
  await using first = await serving((_request, response) => void response.end('x'));
  const again = serve(
    { http: () => {}, ready: () => true, async [Symbol.asyncDispose]() {} },
    { ...anywhere, port: Number(new URL(first.url).port) },
  );
  await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('only an upgrade to a WebSocket is one; another offer is passed over, and the request answered', async () => {
  await using listening = await serving(async (request, response) => {
    const body = (await Array.fromAsync(request)).join('');
    response.end(`answered ${request.method} ${body}`);
  });
  const offer = 'host: x\r\nconnection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n';
  for (const [request, answer] of [
    [`GET / HTTP/1.1\r\n${offer}\r\n`, 'answered GET'],
    [`POST / HTTP/1.1\r\n${offer}content-length: 4\r\n\r\nbody`, 'answered POST body'],
  ] as const) {
    const curl = await raw(listening.url, request);
    await until(() => curl.heard().includes(answer));
  }
});

test('whoever asks more on a connection whose offer was passed over is not left waiting', async () => {
  // Answers before it has the body, as whoever refuses it does.
  await using listening = await serving((_request, response) => void response.writeHead(413).end());
  const offer = 'PUT / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: h2c\r\ncontent-length: 140000\r\n\r\n';
  const socket = await raw(listening.url, `${offer}${'x'.repeat(140_000)}GET / HTTP/1.1\r\nhost: x\r\n\r\n`);
  socket.on('error', () => {});
  await once(socket, 'close');
  expect(socket.heard()).toMatch(/^HTTP\/1\.1 413 [\s\S]*connection: close/i);
});

test('two requests that disagree about their length are refused', async () => {
  await using listening = await serving((_request, response) => void response.end('x'));
  const socket = await raw(listening.url, 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n');
  await once(socket, 'close');
  expect(socket.heard()).toContain('400');
});

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { sendText } from './writing.ts';

const texts = [
  '',
  'x',
  ...[125, 126, 127, 65_535, 65_536, 100_000].map((length) => 'x'.repeat(length)),
  'Grüße, 世界 👋',
  '😀'.repeat(40_000),
];

test.each([
  ['in one write', (socket: WebSocket) => socket],
  [
    'by send, where ws has no door for frames',
    (socket: WebSocket) =>
      Object.create(socket, { _sender: { value: undefined }, send: { value: (text: string) => socket.send(text) } }) as WebSocket,
  ],
])('text of any length arrives as it was, %s', async (_name, seenAs) => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const [socket] = (await once(server, 'connection')) as [WebSocket];
  const received: string[] = [];
  const all = new Promise<void>((resolve) => client.on('message', (data) => received.push(String(data)) === texts.length && resolve()));

  for (const text of texts) sendText(seenAs(socket), text);

  await all;
  expect(received).toEqual(texts);
  client.terminate();
  await new Promise((resolve) => server.close(resolve));
});

test('what is sent after the close goes nowhere', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const [socket] = (await once(server, 'connection')) as [WebSocket];
  socket.close();
  sendText(socket, 'too late');
  await once(client, 'close');
  await new Promise((resolve) => server.close(resolve));
});

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createMemoryStore, createParley } from '@parley/client-library';
import { ChatUp, conversationIdOf, uuidv7 } from '@parley/common/contracts';
import { until } from '@parley/common/testing';
import { expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { createNumbers, textOf } from './numbers.ts';
import { deliveredFrame, sendFrame } from './parley-frames.ts';
import { openWebSocket } from './websocket.ts';

const [ada, bob] = [uuidv7(), uuidv7()] as const;
const me = { userId: ada, name: 'ada', displayName: 'Ada', email: 'ada@example.org' };

test("the generator's frames are those of the client library, byte for byte", async () => {
  const said: string[] = [];
  const sockets: { path: string; onmessage: ((event: never) => void) | null }[] = [];
  const parley = await createParley({
    me: me as never,
    base: '',
    fetch: () => new Promise(() => {}),
    openSocket: (path) => {
      const socket = {
        path,
        send: (data: string) => void said.push(data),
        close: () => {},
        onopen: null,
        onmessage: null,
        onclose: null,
        onerror: null,
      };
      sockets.push(socket);
      return socket;
    },
    store: createMemoryStore(),
  });
  parley.start();
  const chat = () => sockets.find(({ path, onmessage }) => path === '/ws/chat' && onmessage);
  await until(() => chat() !== undefined);
  const hear = (frame: object) => chat()?.onmessage?.({ data: JSON.stringify(frame) } as never);
  hear({ type: 'hello', protocol: 1, userId: ada, sessionId: uuidv7(), serverTime: new Date().toISOString(), heartbeat: 20 });

  const text = textOf(7);
  const clientId = await parley.send(bob, { kind: 'text', text });
  await until(() => said.some((data) => data.includes('"send"')));
  expect(said).toContain(sendFrame(clientId, bob, text));

  const shown = { reactions: [], sentAt: new Date().toISOString(), editedAt: null, deletedAt: null };
  const message = {
    id: uuidv7(),
    seq: 1,
    version: 1,
    clientId: uuidv7(),
    senderId: bob,
    content: { kind: 'text', text },
    replyTo: null,
    ...shown,
  };
  hear({ type: 'update', update: { conversationId: conversationIdOf(ada, bob), epoch: 'one', from: 0, version: 1, messages: [message] } });
  await until(() => said.some((data) => data.includes('"delivered"')));
  const receipt = said.find((data) => data.includes('"delivered"')) as string;
  expect(receipt).toBe(deliveredFrame([JSON.parse(receipt)].flat()[0].clientId, bob, 1));
  for (const data of said) for (const frame of [JSON.parse(data)].flat()) ChatUp.parse(frame);
  await parley.stop();
});

test('the numbers of texts are found wherever the network cuts them', () => {
  const bytes = Buffer.from([12, 345, 6789].map((number) => `<body>${textOf(number)}</body>~no number~`).join(''));
  for (let size = 1; size <= bytes.length; size++) {
    const found: number[] = [];
    const take = createNumbers((number) => found.push(number));
    for (let at = 0; at < bytes.length; at += size) take(bytes.subarray(at, at + size));
    expect(found).toEqual([12, 345, 6789]);
  }
});

test("the generator's WebSocket and a real one understand each other, whatever the size", async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  server.on('connection', (socket) => {
    socket.ping('still there?');
    socket.on('pong', (data) => socket.send(String(data)));
    socket.on('message', (data) => socket.send(String(data)));
  });
  const heard: string[] = [];
  const { port } = server.address() as AddressInfo;
  const line = await openWebSocket({ port, path: '/', onText: (payload) => heard.push(payload.toString()) });
  const texts = [1, 125, 126, 5_000, 65_535].map((size) => 'y'.repeat(size));
  for (const text of texts) line.send(text);
  await until(() => heard.length === texts.length + 1);
  expect(heard.filter((text) => text !== 'still there?')).toEqual(texts);
  expect(heard).toContain('still there?');
  line.close();
  server.close();
});

import { closeCodes } from '@parley/common/contracts/errors';
import { limits } from '@parley/common/contracts/limits';
import { expect, test } from 'vitest';
import { manualClock } from '../tests/manual-clock.ts';
import { createConnection, type Frame, type Socket } from './connection.ts';

class FakeSocket implements Socket {
  onopen: Socket['onopen'] = null;
  onmessage: Socket['onmessage'] = null;
  onclose: Socket['onclose'] = null;
  onerror: Socket['onerror'] = null;
  readonly sent: string[] = [];
  closed = false;
  send(data: string) {
    this.sent.push(data);
  }
  close() {
    this.closed = true;
  }
  say(...frames: Frame[]) {
    this.onmessage?.({ data: JSON.stringify(frames) } as never);
  }
  drop(code: number) {
    this.onclose?.({ code } as never);
  }
}

async function setUp(prepare?: () => Promise<void>) {
  const clock = manualClock();
  const sockets: FakeSocket[] = [];
  const heard: string[] = [];
  const connection = createConnection<Frame, Frame>({
    path: '/ws/chat',
    protocol: 1,
    clock,
    random: () => 1,
    open: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    onFrame: ({ type }) => heard.push(type),
    onHello: () => heard.push('hello'),
    onState: () => {},
    ...(prepare && { prepare }),
  });
  connection.start();
  await settled();
  return { clock, sockets, heard, connection, last: () => sockets.at(-1) as FakeSocket };
}

/** Lets what was promised happen. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

test('it is open once the server has said hello, and speaks only then', async () => {
  const { connection, last } = await setUp();
  connection.send({ type: 'ping' });
  expect(last().sent).toEqual([]);
  last().say({ type: 'hello' });
  connection.send({ type: 'ping' });
  expect(last().sent).toHaveLength(1);
  expect(connection.state.at).toBe('open');
});

test('it comes back after a loss, each time after a longer pause, up to 30 seconds', async () => {
  const { clock, sockets, last, connection } = await setUp();
  const pauses: number[] = [];
  for (let tries = 0; tries < 8; tries++) {
    last().drop(1006);
    const { state } = connection;
    if (state.at !== 'waiting') throw new Error(state.at);
    pauses.push(state.until - clock.now());
    clock.advance(pauses.at(-1) as number);
    await settled();
    expect(sockets).toHaveLength(tries + 2);
  }
  expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
});

test('it does not come back after a final code', async () => {
  const { clock, sockets, last, connection } = await setUp();
  last().say({ type: 'hello' });
  last().drop(closeCodes['session-ended'].code);
  clock.advance(1_000_000);
  await settled();
  expect(sockets).toHaveLength(1);
  expect(connection.state).toEqual({ at: 'ended', code: closeCodes['session-ended'].code });
});

test('[D10] told to move, it connects anew at the time it was given and is open throughout', async () => {
  const { clock, sockets, last, connection } = await setUp();
  last().say({ type: 'hello' });
  last().say({ type: 'move', after: 700 } as Frame);
  clock.advance(699);
  expect(sockets).toHaveLength(1);
  clock.advance(1);
  expect(sockets).toHaveLength(2);
  expect(connection.state.at).toBe('open');
  connection.send({ type: 'still-served' });
  expect(sockets[0]?.sent).toEqual(['{"type":"still-served"}']);
  last().say({ type: 'hello' });
  expect(sockets[0]?.closed).toBe(true);
  connection.send({ type: 'from-the-new-one' });
  expect(last().sent).toEqual(['{"type":"from-the-new-one"}']);
});

test('[D10] when the other pod does not greet it, the one that leaves serves it to its end', async () => {
  const { clock, sockets, last, connection } = await setUp();
  last().say({ type: 'hello' });
  last().say({ type: 'move', after: 0 } as Frame);
  clock.advance(15_000);
  expect(sockets[1]?.closed).toBe(true);
  expect(connection.state.at).toBe('open');
  sockets[0]?.drop(closeCodes['going-away'].code);
  clock.advance(500);
  await settled();
  expect(sockets).toHaveLength(3);
});

test('a link that says nothing is asked, then left behind', async () => {
  const { clock, sockets, last } = await setUp();
  last().say({ type: 'hello' });
  clock.advance(25_000);
  expect(last().sent).toEqual(['{"type":"ping"}']);
  last().say({ type: 'pong' });
  clock.advance(10_000);
  expect(sockets).toHaveLength(1);
  clock.advance(60_000);
  await settled();
  clock.advance(500);
  await settled();
  expect(sockets[0]?.closed).toBe(true);
  expect(sockets.length).toBeGreaterThan(1);
});

test('a try that was not greeted asks for the session before the next one', async () => {
  let asked = 0;
  const { clock, last } = await setUp(async () => {
    asked += 1;
  });
  expect(asked).toBe(0);
  last().drop(1006);
  clock.advance(500);
  await settled();
  expect(asked).toBe(1);
});

test('what is no frame, and what nobody knows, is passed over', async () => {
  const { heard, last } = await setUp();
  last().onmessage?.({ data: 'garbage' } as never);
  last().onmessage?.({ data: '[1,null,{"no":"type"}]' } as never);
  last().say({ type: 'hello' }, { type: 'from-the-future' });
  expect(heard).toEqual(['hello', 'from-the-future']);
});

test('much goes out as messages of no more bytes and frames than the server takes', async () => {
  const { connection, last } = await setUp();
  last().say({ type: 'hello' });
  const long = Array.from({ length: 20 }, (_, at) => ({ type: 'send', at, text: '👋'.repeat(4_000) }));
  const many = Array.from({ length: 150 }, (_, at) => ({ type: 'join', at }));
  connection.send(...long, ...many);
  const { sent } = last();
  expect(sent.flatMap((message) => JSON.parse(message) as Frame[])).toEqual([...long, ...many]);
  for (const message of sent) {
    expect(new TextEncoder().encode(message).length).toBeLessThanOrEqual(limits.frameBytes);
    expect((JSON.parse(message) as Frame[]).length).toBeLessThanOrEqual(limits.framesPerMessage);
  }
  connection.send({ type: 'ping' });
  expect(sent.at(-1)).toBe('{"type":"ping"}');
});

test('[D10] after a move it still finds out that the link is dead', async () => {
  const { clock, sockets, last, connection } = await setUp();
  last().say({ type: 'hello' });
  clock.advance(20_000);
  last().say({ type: 'move', after: 0 } as Frame);
  clock.advance(0);
  last().say({ type: 'hello' });
  expect(sockets).toHaveLength(2);
  clock.advance(24_999);
  expect(last().sent).toEqual([]);
  clock.advance(1);
  expect(last().sent).toEqual(['{"type":"ping"}']);
  clock.advance(10_000);
  expect(last().closed).toBe(true);
  expect(connection.state.at).toBe('waiting');
});

test('whoever was sent away for saying too much takes longer to come back', async () => {
  const { last, connection, clock } = await setUp();
  last().say({ type: 'hello' });
  last().drop(closeCodes.flooding.code);
  expect(connection.state).toEqual({ at: 'waiting', until: clock.now() + 8_000 });
});

import type { Random } from '../chaos/random.ts';
import { frameInput } from './frames.ts';
import { noise } from './oddities.ts';
import { requestInput } from './requests.ts';

/** One TCP connection: what is written, in pieces, and how it is left. */
export interface BytesInput {
  readonly via: 'bytes';
  readonly kind: string;
  readonly pieces: readonly Buffer[];
  readonly leave: 'waits' | 'half-closes' | 'resets';
}

export interface Door {
  readonly host: string;
  /** Of somebody who is signed in, so that what is behind the door is met too. */
  readonly cookie: string;
  readonly origin: string;
}

const LEAVES = ['waits', 'waits', 'half-closes', 'resets'] as const;

export function bytesInput(random: Random, people: readonly string[], door: Door): BytesInput {
  const toSocket = random.chance(0.5);
  const text = Buffer.concat(toSocket ? socketBytes(random, people, door) : httpBytes(random, people, door));
  const cut = random.chance(0.1) ? text.subarray(0, random.below(text.length)) : text;
  return {
    via: 'bytes',
    kind: `bytes: ${toSocket ? 'a socket' : 'HTTP'}`,
    pieces: random.chance(0.3) ? inPieces(cut, random) : [cut],
    leave: random.pick(LEAVES),
  };
}

function inPieces(whole: Buffer, random: Random): Buffer[] {
  const cuts = Array.from({ length: 1 + random.below(4) }, () => random.below(whole.length + 1)).sort((one, other) => one - other);
  return [0, ...cuts].map((from, at) => whole.subarray(from, cuts[at] ?? whole.length)).filter((piece) => piece.length > 0);
}

/** A handshake that is taken, or nearly, and then frames that RFC 6455 forbids, or nearly. */
function socketBytes(random: Random, people: readonly string[], door: Door): Buffer[] {
  const handshake = random.chance(0.8) ? upgrade(door, random) : oddUpgrade(door, random);
  const count = 1 + random.below(4);
  return [Buffer.from(handshake, 'latin1'), ...Array.from({ length: count }, () => oddFrame(random, people))];
}

const upgrade = ({ host, cookie, origin }: Door, random: Random, path = random.pick(['/ws/chat', '/ws/notifications']), more = '') =>
  `GET ${path} HTTP/1.1\r\nhost: ${host}\r\norigin: ${origin}\r\ncookie: ${cookie}\r\nconnection: upgrade\r\nupgrade: websocket\r\n` +
  `sec-websocket-version: 13\r\nsec-websocket-key: ${noise(16, random).toString('base64')}\r\nsec-websocket-protocol: parley.1\r\n${more}\r\n`;

function oddUpgrade(door: Door, random: Random): string {
  const path = random.pick([
    '/ws/chat',
    '/ws/nothing',
    '/',
    '//',
    '/ws/chat/../..',
    '/api/users',
    '*',
    'http://[/',
    '/ws/chat?%',
    '/\xff\xfe',
  ]);
  const whole = upgrade(
    door,
    random,
    path,
    random.pick([
      '',
      'sec-websocket-extensions: permessage-deflate; client_max_window_bits=99\r\n',
      'content-length: 5\r\n',
      'transfer-encoding: chunked\r\n',
      'x: \xff\r\n',
    ]),
  );
  return random.pick([
    (text: string) => text,
    (text: string) => text.replace('version: 13', 'version: 99'),
    (text: string) => text.replace(/key: .*/, 'key: x'),
    (text: string) => text.replace('parley.1', 'parley.999999999999999999999'),
    (text: string) => text.replace('parley.1', Array.from({ length: 300 }, (_, at) => `p${at}`).join(',')),
    (text: string) => text.replace('parley.1', 'a,,b;"'),
    (text: string) => text.replace('GET', 'POST'),
    (text: string) => text.replace(/cookie: .*\r\n/, ''),
    (text: string) => text.replace(/origin: .*\r\n/, ''),
  ])(whole);
}

/** Opcode, mask, length and payload as asked for, whatever the RFC says. */
export function wireFrame(options: { first?: number; payload?: Buffer; masked?: boolean; length?: bigint; wide?: boolean }): Buffer {
  const { first = 0x81, payload = Buffer.alloc(0), masked = true, length = BigInt(payload.length), wide = false } = options;
  const bit = masked ? 0x80 : 0;
  const size = wide || length > 0xffffn ? Buffer.alloc(9) : length > 125n ? Buffer.alloc(3) : Buffer.alloc(1);
  size[0] = bit | (size.length === 9 ? 127 : size.length === 3 ? 126 : Number(length));
  if (size.length === 9) size.writeBigUInt64BE(length & 0xffff_ffff_ffff_ffffn, 1);
  if (size.length === 3) size.writeUInt16BE(Number(length), 1);
  const mask = masked ? Buffer.from([0x37, 0xfa, 0x21, 0x3d]) : Buffer.alloc(0);
  const body = masked ? payload.map((byte, at) => byte ^ (mask[at % 4] as number)) : payload;
  return Buffer.concat([Buffer.from([first]), size, mask, body]);
}

function oddFrame(random: Random, people: readonly string[]): Buffer {
  const { data } = frameInput(random, people);
  const payload = Buffer.from(data).subarray(0, 2_000);
  const half = random.below(payload.length + 1);
  return random.pick<() => Buffer>([
    () => wireFrame({ payload }),
    () => wireFrame({ first: random.below(256), payload: payload.subarray(0, 100) }),
    () => wireFrame({ payload, masked: false }),
    () => wireFrame({ payload, wide: true }),
    () => wireFrame({ first: 0xc1, payload }),
    () => wireFrame({ payload, length: random.pick([2n ** 63n, 2n ** 64n - 1n, 2n ** 53n + 1n, 65_537n, 1_000_000n]) }),
    () => wireFrame({ first: 0x80, payload }),
    () =>
      Buffer.concat([
        wireFrame({ first: 0x01, payload: payload.subarray(0, half) }),
        wireFrame({ first: 0x89, payload: Buffer.from('x') }),
        wireFrame({ first: 0x80, payload: payload.subarray(half) }),
      ]),
    () => Buffer.concat([wireFrame({ first: 0x01, payload: payload.subarray(0, half) }), wireFrame({ payload })]),
    () => Buffer.concat(Array.from({ length: 400 }, (_, at) => wireFrame({ first: at === 0 ? 0x01 : 0x00, payload: Buffer.from(' ') }))),
    () => Buffer.concat(Array.from({ length: 100 }, () => wireFrame({ first: 0x89, payload: Buffer.alloc(random.pick([0, 125])) }))),
    () => wireFrame({ first: 0x89, payload: Buffer.alloc(126) }),
    () => wireFrame({ first: 0x09, payload: Buffer.from('x') }),
    () => wireFrame({ first: 0x8a, payload: Buffer.from('unasked') }),
    () => wireFrame({ first: 0x88, payload: Buffer.from([0x03]) }),
    () => wireFrame({ first: 0x88, payload: Buffer.from([random.below(256), random.below(256), 0xc3, 0x28]) }),
    () => wireFrame({ first: 0x88, payload: Buffer.concat([Buffer.from([0x03, 0xe8]), Buffer.alloc(123, 'x')]) }),
    () => Buffer.concat([wireFrame({ first: 0x88, payload: Buffer.from([0x03, 0xe8]) }), wireFrame({ payload })]),
    () => noise(1 + random.below(200), random),
  ])();
}

function httpBytes(random: Random, people: readonly string[], door: Door): Buffer[] {
  const { method, path, headers, body = Buffer.alloc(0) } = requestInput(random, people);
  const lines = (more: readonly string[]) =>
    [
      `host: ${door.host}`,
      `origin: ${door.origin}`,
      `cookie: ${door.cookie}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      ...more,
    ].join('\r\n');
  const request = (more: readonly string[] = [`content-length: ${body.length}`], first = `${method} ${path} HTTP/1.1`) =>
    Buffer.concat([Buffer.from(`${first}\r\n${lines(more)}\r\n\r\n`, 'latin1'), body]);
  const text = (whole: string) => Buffer.from(whole, 'latin1');
  const chunked = (chunks: string) => [request(['transfer-encoding: chunked']).subarray(0, -body.length || undefined), text(chunks)];
  return random.pick<() => Buffer[]>([
    () => [request()],
    () => [request(), request(), request(), text('GARBAGE\r\n\r\n')],
    () => Array.from({ length: 30 }, () => request()),
    () => [request(), noise(200, random)],
    () => [request([`content-length: ${body.length + 100}`])],
    () => [request(['content-length: 5', 'content-length: 6'])],
    () => [
      request([
        random.pick([
          'content-length: -1',
          'content-length: +5',
          'content-length: 1e3',
          'content-length: 0x5',
          `content-length: ${'9'.repeat(40)}`,
        ]),
      ]),
    ],
    () => [request(['content-length: 4', 'transfer-encoding: chunked'])],
    () => [
      request([
        random.pick([
          'transfer-encoding: xchunked',
          'transfer-encoding: chunked, identity',
          'transfer-encoding : chunked',
          'transfer-encoding: gzip, chunked',
        ]),
      ]),
    ],
    () => chunked('zz\r\nabc\r\n0\r\n\r\n'),
    () => chunked('ffffffffffffffffffff\r\nabc'),
    () => chunked('3\r\nabcdef\r\n0\r\n\r\n'),
    () => chunked(`3;${'x'.repeat(20_000)}\r\nabc\r\n0\r\n\r\n`),
    () => chunked(`0\r\n${'t: x\r\n'.repeat(3_000)}\r\n`),
    () => chunked('1\r\n{\r\n'.repeat(2_000)),
    () => chunked('-1\r\n\r\n'),
    () => [request(Array.from({ length: 1_900 }, (_, at) => `a${at}: b`))],
    () => [request([`x: ${'x'.repeat(random.pick([15_000, 17_000, 100_000]))}`])],
    () => [request(['x: a\r\n continued'])],
    () => [request(['x: a\0b'])],
    () => [request([': x'])],
    () => [request(['no colon'])],
    () => [request(['host: other.test'])],
    () => [request([], `${method} /${'x'.repeat(random.pick([8_000, 20_000, 200_000]))} HTTP/1.1`)],
    () => [
      request(
        [],
        random.pick([
          `${method} ${path}`,
          `${method} ${path} HTTP/0.9`,
          `${method} ${path} HTTP/9.9`,
          `${method} ${path} HTTP/1.0`,
          `${path}`,
          `GET\t${path}\tHTTP/1.1`,
        ]),
      ),
    ],
    () => [
      request(
        [],
        random.pick([
          'CONNECT elsewhere.test:443 HTTP/1.1',
          'OPTIONS * HTTP/1.1',
          'GET * HTTP/1.1',
          'QUERY / HTTP/1.1',
          'M-SEARCH * HTTP/1.1',
          `${'A'.repeat(500)} / HTTP/1.1`,
        ]),
      ),
    ],
    () => [text(`GET ${path} HTTP/1.1\r\n\r\n`)],
    () => [text(request().toString('latin1').replaceAll('\r\n', '\n'))],
    () => [text('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')],
    () => [Buffer.from('1603010200010001fc0303', 'hex'), noise(500, random)],
    () => [noise(1 + random.below(2_000), random)],
    () => [text('\r\n'.repeat(random.below(5_000)))],
    () => [text('PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n'), request()],
    () => [],
  ])();
}

import type { Random } from '../chaos/random.ts';
import { Fields, type Tree, Verbatim } from './tree.ts';

const deep = (depth: number, open: string, close: string) => new Verbatim(`${open.repeat(depth)}1${close.repeat(depth)}`);

/** Texts that something somewhere was once not ready for. */
export const strings: readonly string[] = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  'a\udfffb',
  '\ufeff',
  '\u202e\u2066',
  '\u200b\u200d\ufe0f',
  `e${'\u0301'.repeat(500)}`,
  '\u{10ffff}',
  '\uffff',
  '\x1b[31m',
  '\r\nset-cookie: a=b\r\n\r\n',
  '__proto__',
  'constructor',
  'toString',
  'true',
  'null',
  'NaN',
  '-1',
  '1e999',
  '0x10',
  "'; drop table messages; --",
  '%00%c3%28',
  '%',
  '../../../etc/passwd',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: sent as it is, to whoever would fill it in.
  '${7*7}{{7*7}}',
  '<script>alert(1)</script>',
  '(a+)+$',
  '\\',
  '"',
  '9'.repeat(400),
  '00000000-0000-0000-0000-000000000000',
  'FFFFFFFF-FFFF-4FFF-8FFF-FFFFFFFFFFFF',
  '{0192f0c1-2345-7abc-8def-0123456789ab}',
  'https://[::1]:443/',
  'https://169.254.169.254/latest/meta-data',
  'https://user:pass@localhost/\u0000',
  'http://0x7f000001/',
  '2026-02-30T25:61:61.000Z',
  '+275760-09-13T00:00:00.001Z',
];

/** Texts of any length. */
export const longs: readonly ((length: number) => string)[] = [
  (length) => 'x'.repeat(length),
  (length) => '😀'.repeat(length),
  (length) => '\u0301'.repeat(length),
  (length) => '\ud83d'.repeat(length),
  (length) => ' '.repeat(length),
  (length) => '<'.repeat(length),
];

/** Bytes that mean nothing. */
export const noise = (length: number, random: Random) => Buffer.from(Array.from({ length }, () => random.below(256)));

/** What may stand where something else is expected. */
export const values: readonly (() => Tree)[] = [
  ...strings.map((text) => () => text),
  ...[null, true, false, 0, -0, 1, -1, 0.5, 2 ** 31, 2 ** 53, -(2 ** 53), 5e-324, 1.7976931348623157e308].map((value) => () => value),
  ...['1e400', '-1e400', '-0.0', `1${'0'.repeat(5_000)}`, `0.${'1'.repeat(5_000)}`, '12345678901234567890123'].map(
    (text) => () => new Verbatim(text),
  ),
  () => [],
  () => [[]],
  () => [null, 1, 'x'],
  () => Array.from({ length: 2_000 }, (_, at) => at),
  () => new Fields([]),
  () => new Fields([['__proto__', new Fields([['isAdmin', true]])]]),
  () => new Fields([['constructor', new Fields([['prototype', new Fields([['polluted', true]])]])]]),
  () => new Fields([['toString', 'x']]),
  () => new Fields([['valueOf', null]]),
  () => new Fields([['then', 'x']]),
  () => new Fields([['toJSON', 'x']]),
  () => new Fields([['length', -1]]),
  () =>
    new Fields([
      ['type', 'Buffer'],
      ['data', [1, 2, 3]],
    ]),
  () => new Fields(Array.from({ length: 1_000 }, (_, at) => [`k${at}`, at])),
  () => deep(200, '[', ']'),
  () => deep(8_000, '[', ']'),
  () => deep(5_000, '{"a":', '}'),
  () => 'x'.repeat(50_000),
];

export const keys: readonly string[] = [
  '__proto__',
  'constructor',
  'prototype',
  'hasOwnProperty',
  'toString',
  'then',
  'toJSON',
  'length',
  'type',
  'clientId',
  'userId',
  'senderId',
  'sessionId',
  'conversationId',
  '',
  '\0',
  '\ud800',
  'k'.repeat(5_000),
  '0',
  '-1',
];

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { ChatUp, Content, Emoji, Instant, MessageText, personText, routes, UserId, uuidv7 } from './index.ts';

const takes = (schema: z.ZodType, value: unknown) => schema.safeParse(value).success;
const astral = '𝄞';

describe('a message may say', () => {
  test.each([
    ['one letter', 'a'],
    ['only a space', ' '],
    ['several lines', 'a\nb\r\n\tc'],
    ['any script', 'שלום مرحبا 你好 नमस्ते'],
    ['4,000 letters', 'x'.repeat(4_000)],
    ['4,000 characters of two UTF-16 units each', astral.repeat(4_000)],
    ['joined emoji', '👩‍👩‍👧‍👦🏳️‍🌈'],
    ['characters that turn the direction', '\u202eabc'],
  ])('%s', (_, text) => expect(takes(MessageText, text)).toBe(true));
});

describe('a message may not be', () => {
  test.each([
    ['empty', ''],
    ['4,001 letters', 'x'.repeat(4_001)],
    ['4,001 characters of two UTF-16 units each', astral.repeat(4_001)],
    ['half a surrogate pair', `a${astral[0]}b`],
    ['a pair the wrong way round', `${astral[1]}${astral[0]}`],
    ['with U+0000', 'a\0b'],
    ['a number', 5],
    ['nothing', null],
  ])('%s', (_, text) => expect(takes(MessageText, text)).toBe(false));
});

test('an id has one spelling', () => {
  const id = uuidv7();
  expect(takes(UserId, id)).toBe(true);
  expect(takes(UserId, id.toUpperCase())).toBe(false);
  expect(takes(ChatUp, { type: 'join', peer: id.toUpperCase() })).toBe(false);
});

test('text is counted in characters as people see code points, whatever they are', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), fc.integer({ min: 1, max: 20 }), (text, max) => {
      const fits = [...text].length <= max && text.isWellFormed() && !text.includes('\0');
      expect(takes(personText(max), text)).toBe(fits);
    }),
  );
});

describe('a reaction', () => {
  test.each(['👍', '❤️', '👍🏽', '👩‍👩‍👧‍👦', '🏳️‍🌈', '🇩🇪', '1️⃣', '#️⃣', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '©️'])('may be %s', (emoji) =>
    expect(takes(Emoji, emoji)).toBe(true),
  );
  test.each(['', 'a', '1', '12', '#', ':)', '👍a', '👍👍', '👍❤️', ' 👍', '<b>', '\u200d', '\ufe0f', '👍'.repeat(20)])(
    'may not be "%s"',
    (emoji) => expect(takes(Emoji, emoji)).toBe(false),
  );
});

test('an instant is UTC and has milliseconds', () => {
  expect(takes(Instant, new Date().toISOString())).toBe(true);
  for (const wrong of ['2026-01-01', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000+01:00', '2026-02-30T00:00:00.000Z', 0]) {
    expect(takes(Instant, wrong), String(wrong)).toBe(false);
  }
});

test('an id is a UUID and nothing else', () => {
  expect(takes(UserId, uuidv7())).toBe(true);
  for (const wrong of ['', 'me', `${uuidv7()} `, `{${uuidv7()}}`, uuidv7().replaceAll('-', ''), ['a']])
    expect(takes(UserId, wrong)).toBe(false);
});

test('content of a kind that is not known is refused where it is written', () => {
  expect(takes(Content, { kind: 'text', text: 'hello' })).toBe(true);
  expect(takes(Content, { kind: 'poll', options: [] })).toBe(false);
  expect(takes(Content, { text: 'hello' })).toBe(false);
});

test('fields that are not known are dropped, and a prototype cannot be smuggled in', () => {
  const frame = JSON.parse(`{"type":"typing","to":"${uuidv7()}","active":true,"extra":1,"__proto__":{"admin":true}}`);
  const parsed = ChatUp.parse(frame) as object;
  expect(Object.keys(parsed).sort()).toEqual(['active', 'to', 'type']);
  expect('admin' in parsed).toBe(false);
});

test('whatever is sent as a frame is taken or refused, never an exception', () => {
  const anything = fc.oneof(
    fc.anything(),
    fc.record({
      type: fc.constantFrom('send', 'edit', 'read', 'join', 'typing'),
      to: fc.anything(),
      content: fc.anything(),
      seq: fc.anything(),
    }),
  );
  fc.assert(fc.property(anything, (value) => typeof ChatUp.safeParse(value).success === 'boolean'));
});

test('the input of every route takes or refuses whatever is sent, never an exception', () => {
  for (const { input } of Object.values(routes)) {
    const given = fc.record(Object.fromEntries(Object.keys(input.shape).map((name) => [name, fc.anything()])), { requiredKeys: [] });
    fc.assert(
      fc.property(given, (value) => typeof input.safeParse(value).success === 'boolean'),
      { numRuns: 50 },
    );
  }
});

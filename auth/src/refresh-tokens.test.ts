import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstToken, hashOf, readToken, successorOf, writeToken } from './refresh-tokens.ts';

const key = randomBytes(32);
const older = randomBytes(32);

test('what is written is read again, also under a key that was replaced', () => {
  const token = firstToken(randomUUID());
  expect(readToken(writeToken(token, key), [key])).toEqual(token);
  expect(readToken(writeToken(token, older), [key, older])).toEqual(token);
  expect(readToken(writeToken(token, older), [key])).toBeUndefined();
});

test('a token has one successor, which nobody without the key can tell', () => {
  const token = firstToken(randomUUID());
  expect(successorOf(token, key)).toEqual(successorOf(token, key));
  expect(successorOf(token, key)).toMatchObject({ sessionId: token.sessionId, generation: 2 });
  expect(hashOf(successorOf(token, key))).not.toEqual(hashOf(successorOf(token, older)));
});

test('two sessions never share a token', () => {
  const id = randomUUID();
  expect(hashOf(firstToken(id))).not.toEqual(hashOf(firstToken(id)));
});

test('a token that was changed anywhere is none of ours', () => {
  const text = writeToken(firstToken(randomUUID()), key);
  const letters = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=. ');
  fc.assert(
    fc.property(fc.nat(text.length - 1), letters, (at, letter) => {
      const changed = text.slice(0, at) + letter + text.slice(at + 1);
      // The last letter carries bits that mean nothing.
      fc.pre(!Buffer.from(changed, 'base64url').equals(Buffer.from(text, 'base64url')) || changed.length !== text.length);
      expect(readToken(changed, [key])).toBeUndefined();
    }),
  );
  for (const odd of ['', 'x', text + text, text.slice(1)]) expect(readToken(odd, [key])).toBeUndefined();
});

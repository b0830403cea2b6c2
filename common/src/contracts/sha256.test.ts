import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256 } from './sha256.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const expected = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test('it is SHA-256, for bytes of every length around the edges of its blocks', () => {
  for (let length = 0; length < 260; length++) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 31 + length) % 256);
    expect(hex(sha256(bytes)), `${length} bytes`).toBe(expected(bytes));
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 1_000 }), (bytes) => hex(sha256(bytes)) === expected(bytes)));
});

import { expect, test } from 'vitest';
import { preparePassword, readPassword } from './password-rules.ts';

const owner = { userName: 'alice.liddell', displayName: 'Alice Liddell', email: 'alice.liddell@example.org' };

const refusalOf = (password: string): string | undefined => {
  try {
    readPassword(password, owner);
    return undefined;
  } catch (error) {
    return (error as { details: { code: string }[] }).details[0]?.code;
  }
};

test.each([
  ['short', 'length'],
  ['😀'.repeat(7), 'length'],
  ['😀'.repeat(65), 'length'],
  ['Password1', 'too-common'],
  ['correcthorsebatterystaple', 'too-common'],
  ['Alice.Liddell', 'own-name'],
  ['alice liddell', 'own-name'],
  ['ALICE.LIDDELL@example.org', 'own-name'],
  ['\ud800'.repeat(8), 'characters'],
])('%j is refused: %s', (password, code) => {
  expect(refusalOf(password)).toBe(code);
});

test.each(['a rabbit hole', '😀'.repeat(8), 'x'.repeat(256), 'nur kleine wörter', '        !'])('%j is taken', (password) => {
  expect(refusalOf(password)).toBeUndefined();
});

test('every keyboard makes the same password', () => {
  expect(preparePassword('cafe\u0301\u00a0noir')).toBe('café noir');
});

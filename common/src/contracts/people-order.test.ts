import { expect, test } from 'vitest';
import { byCodePoints, byName, byOnlineFirst, foldText, nameKey, wordsOf } from './people-order.ts';

test('a name is found without its case, accents, width and script-internal marks', () => {
  expect(foldText('ÅNGSTRÖM')).toBe('angstrom');
  expect(foldText('Søren Łukasz Straße')).toBe('soren lukasz strasse');
  expect(foldText('ＷＩＤＥ')).toBe('wide');
  expect(foldText('ΟΔΟΣ')).toBe(foldText('οδος'));
  expect(foldText('Ёлка')).toBe('елка');
  expect(foldText('مُحَمَّد')).toBe('محمد');
  expect(foldText('İstanbul')).toBe('istanbul');
  expect(foldText('a\u200db')).toBe('ab');
});

test('vowel signs of a script stay, because they make another word', () => {
  expect(foldText('किरण')).not.toBe(foldText('करण'));
});

test('words are parted by whatever is not a letter or a digit, and Chinese characters by nothing', () => {
  expect(wordsOf("Jean-Luc O'Brien (2nd)")).toEqual(['jean', 'luc', 'obrien', '2nd']);
  expect(wordsOf('王小明 Ming')).toEqual(['王', '小', '明', 'ming']);
  expect(wordsOf('🦊')).toEqual([]);
});

test('a key is never empty for a name that shows something, and never long', () => {
  expect(nameKey('🦊')).toBe('🦊');
  expect([...nameKey('\ufdfa'.repeat(64))]).toHaveLength(64);
  expect([...nameKey('𝒜'.repeat(64))]).toHaveLength(64);
});

test('the order is that of code points, also beyond the sixteen bits of JavaScript', () => {
  const ordered = ['', 'a', 'ab', 'b', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}'];
  expect([...ordered].reverse().sort(byCodePoints)).toEqual(ordered);
});

test('people are placed by state, name and id', () => {
  const person = (userId: string, displayName: string, presence: string) => ({ userId, displayName, presence });
  const people = [
    person('2', 'Zoë', 'online'),
    person('3', 'anna', 'offline'),
    person('1', 'Anna', 'unknown'),
    person('4', 'ádam', 'online'),
  ];
  expect([...people].sort(byName).map(({ userId }) => userId)).toEqual(['4', '1', '3', '2']);
  expect([...people].sort(byOnlineFirst).map(({ userId }) => userId)).toEqual(['4', '2', '1', '3']);
});

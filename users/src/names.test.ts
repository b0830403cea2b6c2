import { expect, test } from 'vitest';
import { isFirstMatch, searchKeys, searchPrefixes } from './names.ts';

const found = (text: string, userName: string, displayName: string) =>
  searchKeys(userName, displayName).some((key) => searchPrefixes(text).some((prefix) => key.startsWith(prefix)));

test.each(['ada', 'ADA', 'k', 'king', 'byron', '@ada.l', 'ada.lo', 'love', 'ada ki', 'byron a', 'ada.lovelace'])(
  '%s finds Áda King Byron, ada.lovelace',
  (text) => {
    expect(found(text, 'ada.lovelace', 'Áda King Byron')).toBe(true);
  },
);

test.each(['da', 'ing', 'ada x', 'lovelaces', '.'])('%s does not', (text) => {
  expect(found(text, 'ada.lovelace', 'Áda King Byron')).toBe(false);
});

test('names in scripts without spaces are found by any part that begins a word', () => {
  expect(found('小明', 'ming', '王小明')).toBe(true);
  expect(found('王', 'ming', '王小明')).toBe(true);
  expect(found('김', 'kim', '김민준')).toBe(true);
  expect(found('さく', 'sakura', 'さくら')).toBe(true);
  expect(found('मी', 'mira', 'मीरा')).toBe(true);
});

test('a text without a word finds names without one, and otherwise nothing', () => {
  expect(found('🦊', 'fox', '🦊')).toBe(true);
  expect(found('🦊', 'fox', 'Fox')).toBe(false);
  expect(searchPrefixes('\u200d')).toEqual([]);
});

test('keys are few, even of a name of many words', () => {
  expect(
    searchKeys('many', Array.from({ length: 30 }, (_, index) => String.fromCharCode(97 + (index % 26)) + index).join(' ')).length,
  ).toBeLessThanOrEqual(16);
});

test('who matches twice is shown once, at the first place', () => {
  const keys = searchKeys('anna', 'Anna Annasson');
  const prefixes = searchPrefixes('ann');
  expect(keys.filter((key) => isFirstMatch(key, keys, prefixes))).toEqual(['0anna']);
});

import { expect, test } from 'vitest';
import { keysOf, likeness, piecesOf, piecesOfQuery, wordsOf } from './words.ts';

const found = (query: string, text: string) => {
  const pieces = piecesOf(wordsOf(text));
  return piecesOfQuery(wordsOf(query)).isSubsetOf(pieces) && likeness(wordsOf(query), text) > 0;
};

test.each([
  ['parts of words', 'meet', 'The MEETING is over'],
  ['the middle of a word', 'eti', 'The meeting is over'],
  ['words of two letters', 'ok', 'That is ok.'],
  ['words of one letter', 'a', 'Plan A or plan B?'],
  ['without accents', 'cafe', 'Un Café, s’il vous plaît'],
  ['with accents', 'café', 'CAFE'],
  ['other widths', 'abc', 'ＡＢＣ'],
  ['Chinese', '天气', '今天天气很好'],
  ['one Chinese sign', '气', '今天天气很好'],
  ['Japanese', 'がっこ', '学校はがっこうです'],
  ['Korean', '안녕', '안녕하세요'],
  ['Thai', 'สวัส', 'สวัสดีครับ'],
  ['Cyrillic', 'прив', 'Привет!'],
  ['numbers', '42', 'Room 1421'],
  ['pictographs', '🎉', 'Done 🎉!'],
  ['several words in any order', 'over meeting', 'The meeting is over'],
  ['an astral letter', '𝒳𝒴', '𝒳𝒴𝒵'],
])('%s are found', (_, query, text) => expect(found(query, text)).toBe(true));

test.each([
  ['a word that is not there', 'meat', 'The meeting'],
  ['pieces that do not hang together', 'abcd', 'ab bc cd'],
  ['one of two words', 'meeting tomorrow', 'The meeting'],
])('%s is not found', (_, query, text) => expect(found(query, text)).toBe(false));

test('a whole word fits better than its beginning, and that better than its middle', () => {
  expect(likeness(['cat'], 'a cat')).toBeGreaterThan(likeness(['cat'], 'catalogue'));
  expect(likeness(['cat'], 'catalogue')).toBeGreaterThan(likeness(['cat'], 'concatenate'));
});

test('keys of different people have nothing in common', () => {
  const pieces = piecesOf(wordsOf('The quick brown fox jumps over the lazy dog'));
  const [one, other] = [keysOf('0192a', pieces), keysOf('0192b', pieces)];
  expect(new Set(one).isDisjointFrom(new Set(other))).toBe(true);
  expect(one.every((key) => Number.isInteger(key) && key >= -(2 ** 31) && key < 2 ** 31)).toBe(true);
});

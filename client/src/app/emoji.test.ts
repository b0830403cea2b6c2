import { Emoji } from '@parley/common/contracts';
import { expect, test } from 'vitest';
import { categories, emojiNamed, findEmoji } from '../ui/emoji.ts';

const all = Object.values(categories).flat();

test('each can be sent as a reaction, and has a name in both languages', () => {
  for (const { sign, names } of all) {
    expect(Emoji.safeParse(sign).success, sign).toBe(true);
    expect(names.en && names.de, sign).toBeTruthy();
  }
});

test('none is there twice, neither is a shortcode', () => {
  const signs = all.map(({ sign }) => sign);
  const codes = all.flatMap((emoji) => emoji.codes);
  expect(signs.filter((sign, index) => signs.indexOf(sign) !== index)).toEqual([]);
  expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
});

test('they are found by shortcode first, then by other words, in English and in German', () => {
  expect(findEmoji('heart')[0]?.sign).toBe('❤️');
  expect(findEmoji('herz').map(({ sign }) => sign)).toContain('❤️');
  expect(findEmoji('danke').map(({ sign }) => sign)).toContain('🙏');
  expect(findEmoji('thumbs up')[0]?.sign).toBe('👍');
  expect(findEmoji('')).toEqual([]);
  expect(emojiNamed('tada')).toBe('🎉');
});

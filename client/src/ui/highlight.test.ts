import { expect, test } from 'vitest';
import { excerptOf, hasBeginnings, hitsIn, wordsOf } from './highlight.tsx';

const marked = (text: string, query: string) => hitsIn(text, wordsOf(query)).map(([start, end]) => text.slice(start, end));

test('what was searched for is marked, whatever its case and accents', () => {
  expect(marked('Das Café öffnet, sagt CAFÉ Müller', 'cafe muller')).toEqual(['Café', 'CAFÉ', 'Müller']);
});

test('signs that are more than one letter long keep their places', () => {
  expect(marked('👩‍🚀 ﬁve ferries 🚢 leave', 'five leave')).toEqual(['ﬁve', 'leave']);
  expect(marked('a𝒜b', 'b')).toEqual(['b']);
});

test('hits that touch are one', () => {
  expect(marked('ferryboat', 'ferry ryb')).toEqual(['ferryb']);
});

test('nothing that is not a word is searched for', () => {
  expect(wordsOf(' … "" ')).toEqual([]);
  expect(hitsIn('anything', [])).toEqual([]);
});

test('a long text is shown from shortly before the first hit', () => {
  const text = `${'lorem ipsum '.repeat(20)}and there the ferry leaves`;
  expect(excerptOf(text, ['ferry'])).toMatch(/^…\S.*ferry leaves$/);
  expect(excerptOf('the ferry leaves', ['ferry'])).toBe('the ferry leaves');
});

test('a name is found by the beginnings of its words, in any order', () => {
  expect(hasBeginnings('Zoë Müller zoe', wordsOf('mul zo'))).toBe(true);
  expect(hasBeginnings('Zoë Müller zoe', wordsOf('ller'))).toBe(false);
});

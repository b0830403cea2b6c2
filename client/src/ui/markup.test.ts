import { expect, test } from 'vitest';
import { isOnlyEmoji, type Mark, markup, plainText } from './markup.ts';

/** The tree as a string, each mark in brackets with its first letter. */
const drawn = (marks: readonly Mark[]): string =>
  marks
    .map((mark) => {
      if (mark.kind === 'text') return mark.text;
      return `[${mark.kind}:${'inside' in mark ? drawn(mark.inside) : mark.text}]`;
    })
    .join('');

test.each([
  ['**bold** and *italic*, ~~struck~~', '[bold:bold] and [italic:italic], [struck:struck]'],
  ['**bold with *italic* within**', '[bold:bold with [italic:italic] within]'],
  ['2 * 3 * 4 = 24, snake_case_name, a**b', '2 * 3 * 4 = 24, snake_case_name, a**b'],
  ['`*not* bold`', '[code:*not* bold]'],
  ['```js\nlet a = `b`;\n```\nafter', '[block:let a = `b`;]after'],
  ['see https://example.org/a_(b)?c=d*e*, and (http://x.org).', 'see [link:https://example.org/a_(b)?c=d*e]*, and ([link:http://x.org]).'],
  ['javascript:alert(1) <script>x</script>', 'javascript:alert(1) <script>x</script>'],
  ['**never closed', '**never closed'],
])('%j is shown as %j', (text, shown) => {
  expect(drawn(markup(text))).toBe(shown);
});

test('in one line only the words are left', () => {
  expect(plainText('The light is *perfect*, **really ~~very~~** so: `now`, https://x.org/a_b_c')).toBe(
    'The light is perfect, really very so: now, https://x.org/a_b_c',
  );
});

test('nothing that is written is lost, whatever signs are in it', () => {
  const signs = ['*', '**', '_', '~~', '`', '```', 'a', ' ', '\n', 'https://x.y'];
  for (let seed = 0; seed < 500; seed++) {
    const text = Array.from({ length: 12 }, (_, index) => signs[(seed * 7 + index * index * (seed % 13) + index) % signs.length]).join('');
    const letters = (value: string) => value.replace(/[*_~`\s]/g, '');
    const flat = (marks: readonly Mark[]): string => marks.map((mark) => ('inside' in mark ? flat(mark.inside) : mark.text)).join('');
    expect(letters(flat(markup(text)))).toBe(letters(text));
  }
});

test('a few emoji alone are told from text', () => {
  expect(['🎉', '👍🏽 ❤️', '👩‍👩‍👧'].map(isOnlyEmoji)).toEqual([true, true, true]);
  expect(['5', 'ok 🎉', '🎉🎉🎉🎉', ''].map(isOnlyEmoji)).toEqual([false, false, false, false]);
});

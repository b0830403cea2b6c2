/** What is written the same way is found, whatever the case, the width or the accents. */
export const plainOf = (text: string) =>
  text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFKC')
    .toLowerCase();

/** Runs of letters and digits, and each pictograph by itself. */
export const wordsOf = (text: string): string[] => plainOf(text).match(/[\p{L}\p{N}\p{M}]+|\p{Extended_Pictographic}/gu) ?? [];

/** Scripts that write words of one sign, or do not part them. */
const dense =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/**
 * The pieces by which a text is found: every two neighbouring signs of a word, so that any part of a word leads to it; a
 * sign alone where it is a word of its own, or may be.
 */
export function piecesOf(words: Iterable<string>): Set<string> {
  const pieces = new Set<string>();
  for (const word of words) {
    const signs = [...word];
    const isDense = dense.test(word);
    if (signs.length === 1) pieces.add(word);
    for (let index = 0; index < signs.length; index++) {
      const sign = signs[index] as string;
      if (isDense && dense.test(sign)) pieces.add(sign);
      if (index + 1 < signs.length) pieces.add(sign + signs[index + 1]);
    }
  }
  return pieces;
}

/** The pieces that a text must have to hold a word: a longer word is told by its pairs alone. */
export function piecesOfQuery(words: readonly string[]): Set<string> {
  return piecesOf(words.map((word) => word)).difference(new Set(words.flatMap((word) => (length(word) > 1 ? [...word] : []))));
}

const length = (word: string) => [...word].length;

/** Under which key a piece is kept for a person: 32 bits of FNV-1a. What collides is told apart by the text itself. */
export function keysOf(userId: string, pieces: Iterable<string>): number[] {
  const seed = hash(BASIS, userId);
  return [...new Set(Array.from(pieces, (piece) => hash(seed, piece) | 0))];
}

const BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

function hash(seed: number, text: string): number {
  let value = seed;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), PRIME);
  // Of short texts FNV leaves the upper bits much alike.
  return Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
}

/** How well a text fits: of each word whether it stands there, begins a word, or is inside of one. Zero: not at all. */
export function likeness(query: readonly string[], text: string): number {
  const words = wordsOf(text);
  let sum = 0;
  for (const word of query) {
    const best = Math.max(0, ...words.map((there) => (there === word ? 3 : there.startsWith(word) ? 2 : there.includes(word) ? 1 : 0)));
    if (best === 0) return 0;
    sum += best;
  }
  return sum;
}

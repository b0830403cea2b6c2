/**
 * How people are put in order and found by name: one rule for the server's pages and for a client that places somebody
 * whom it heard of live. By name: `nameKey` in code points, then the user id. Online first: who is online, then by name.
 * Descending is the exact reverse.
 */

/** Letters that Unicode does not take apart into a letter and its accent, though people do. */
const plain: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ı: 'i',
  ς: 'σ',
};
const unplain = new RegExp(`[${Object.keys(plain).join('')}]`, 'g');
/** Accents and points of any script, but not the vowel signs that belong to one; and what is invisible. */
const marks = /[\p{Mn}&&\p{Script=Inherited}]|\p{Cf}/gv;
const apostrophes = /['’ʼ＇]/g;
/** Chinese characters are words of their own: nobody writes spaces between them. */
const words = /\p{Script=Han}|[[\p{L}\p{N}\p{M}]--\p{Script=Han}]+/gv;

/** Code points of a key at the most: as many as a display name has. */
const KEY_LENGTH = 64;

/** Text without case, accents and width. */
export const foldText = (text: string) =>
  text
    .normalize('NFKD')
    .replace(marks, '')
    .toLowerCase()
    .replace(unplain, (letter) => plain[letter] ?? letter)
    .trim();

/** The words of a name, folded. */
export const wordsOf = (text: string): string[] => foldText(text).replace(apostrophes, '').match(words) ?? [];

/** What a name is sorted by; a name without a word (an emoji) is sorted as it stands. */
export const nameKey = (name: string) => keyOf(wordsOf(name).join(' ') || foldText(name));

export const keyOf = (text: string) => (text.length <= KEY_LENGTH ? text : [...text].slice(0, KEY_LENGTH).join(''));

/** The order of PostgreSQL's collation "C": by code points, where JavaScript's own goes by UTF-16 units. */
export function byCodePoints(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let index = 0; index < length; index += 1) {
    const difference = rank(one.charCodeAt(index)) - rank(other.charCodeAt(index));
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}

/** Surrogates stand for what comes after every other unit. */
const rank = (unit: number) => (unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit);

interface Placed {
  readonly userId: string;
  readonly displayName: string;
}

export const byName = (one: Placed, other: Placed) =>
  byCodePoints(nameKey(one.displayName), nameKey(other.displayName)) || byCodePoints(one.userId, other.userId);

export const byOnlineFirst = (one: Placed & { readonly presence: string }, other: Placed & { readonly presence: string }) =>
  Number(one.presence !== 'online') - Number(other.presence !== 'online') || byName(one, other);

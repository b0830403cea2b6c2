import { byCodePoints, foldText, keyOf, nameKey, wordsOf } from '@parley/common/contracts';

/** Which part of the search a key belongs to: user names are found before names. */
const USER_NAME = '0';
const NAME = '1';
/** Beginnings kept of one person at the most. */
const MOST_KEYS = 16;

/**
 * The beginnings under which a person is found: the user name as a whole, and the words of both names turned so that
 * each stands first once (`ada king`, `king ada`), which also finds `king a`. In the order in which search meets them.
 */
export function searchKeys(userName: string, displayName: string): string[] {
  // The first word of a user name is where the whole of it begins.
  const names = [...turned(displayName), ...turned(userName).slice(1)].map((key) => NAME + key);
  return [...new Set([USER_NAME + foldText(userName), ...names])].slice(0, MOST_KEYS).sort(byCodePoints);
}

function turned(name: string): string[] {
  const words = wordsOf(name);
  if (words.length === 0) return [nameKey(name)];
  return words.map((_, first) => keyOf([...words.slice(first), ...words.slice(0, first)].join(' ')));
}

/** With what the keys begin of those who are found for a text. People write user names with and without an @. */
export const searchPrefixes = (text: string): readonly string[] =>
  [USER_NAME + foldText(text).replace(/^@/, ''), NAME + nameKey(text)].filter((prefix) => prefix.length > 1);

/** Somebody who is found in several places is shown at the first. */
export const isFirstMatch = (key: string, keys: readonly string[], prefixes: readonly string[]) =>
  key === keys.find((other) => prefixes.some((prefix) => other.startsWith(prefix)));

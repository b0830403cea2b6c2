import { data } from './emoji-data.ts';

export type Category = keyof typeof data;

export interface Emoji {
  readonly sign: string;
  /** What stands between the colons; the first is the usual one. */
  readonly codes: readonly string[];
  readonly names: { readonly en: string; readonly de: string };
  readonly words: readonly string[];
}

const spaced = (text: string) => text.replaceAll('_', ' ');

const read = (lines: string): Emoji[] =>
  lines
    .trim()
    .split(/;\s*|\n/)
    .map((entry) => {
      const [sign = '', codes = '', name = '', words = ''] = entry.trim().split(' ');
      const all = codes.split(',');
      return { sign, codes: all, names: { en: spaced(all[0] as string), de: spaced(name) }, words: words.split(',').filter(Boolean) };
    });

export const categories: Readonly<Record<Category, readonly Emoji[]>> = {
  faces: read(data.faces),
  people: read(data.people),
  nature: read(data.nature),
  food: read(data.food),
  activity: read(data.activity),
  travel: read(data.travel),
  objects: read(data.objects),
  symbols: read(data.symbols),
};

const all = Object.values(categories).flat();
const bySign = new Map(all.map((emoji) => [emoji.sign, emoji]));

export const emojiOf = (sign: string) => bySign.get(sign);
/** What stands between two colons, as a sign. */
export const emojiNamed = (code: string) => all.find(({ codes }) => codes.includes(code))?.sign;

/** Those that fit a word: first whose shortcode begins so, then whose other words do, then whose shortcode has it inside. */
export function findEmoji(query: string, limit = 60): Emoji[] {
  const word = query.toLowerCase().replace(/[\s_]/g, '');
  if (word === '') return [];
  const rank = ({ codes: written, names, words }: Emoji): number => {
    const codes = written.map((code) => code.replaceAll('_', ''));
    if (codes.includes(word)) return 0;
    if (codes.some((code) => code.startsWith(word))) return 1;
    if ([...words, ...names.de.toLowerCase().split(' ')].some((other) => other.startsWith(word))) return 2;
    return codes.some((code) => code.includes(word)) ? 3 : 4;
  };
  return all
    .map((emoji) => ({ emoji, rank: rank(emoji) }))
    .filter((found) => found.rank < 4)
    .sort((one, other) => one.rank - other.rank)
    .slice(0, limit)
    .map(({ emoji }) => emoji);
}

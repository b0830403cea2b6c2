interface HighlightProps {
  readonly text: string;
  readonly words: readonly string[];
}

/** A text with the parts marked that somebody searched for. */
export function Highlight({ text, words }: HighlightProps) {
  const parts: [text: string, found: boolean][] = [];
  let at = 0;
  for (const [start, end] of hitsIn(text, words)) {
    if (start > at) parts.push([text.slice(at, start), false]);
    parts.push([text.slice(start, end), true]);
    at = end;
  }
  if (at < text.length) parts.push([text.slice(at), false]);
  return parts.map(([part, found], index) =>
    found ? (
      <mark key={index.toString()} className="rounded-xs bg-mark text-ink">
        {part}
      </mark>
    ) : (
      part
    ),
  );
}

type Span = readonly [start: number, end: number];

/** Written the same way, whatever the case, the width or the accents: as the search of the server has it. */
const plain = (text: string) =>
  text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase();

export const wordsOf = (query: string): string[] => [
  ...new Set(plain(query).match(/[\p{L}\p{N}\p{M}]+|\p{Extended_Pictographic}/gu) ?? []),
];

/** Whether a text has words that begin as all of these do. */
export function hasBeginnings(text: string, asked: readonly string[]): boolean {
  const words = wordsOf(text);
  return asked.every((word) => words.some((there) => there.startsWith(word)));
}

/** Where the words stand in a text, in order, none overlapping another. */
export function hitsIn(text: string, words: readonly string[]): Span[] {
  // Plain forms may be longer or shorter than what they come from, so each of their signs remembers where that stood.
  let folded = '';
  const from: Span[] = [];
  let at = 0;
  for (const sign of text) {
    const bare = plain(sign);
    folded += bare;
    for (let index = 0; index < bare.length; index++) from.push([at, at + sign.length]);
    at += sign.length;
  }
  const spans: Span[] = [];
  for (const word of words) {
    for (let found = folded.indexOf(word); found >= 0; found = folded.indexOf(word, found + word.length)) {
      spans.push([(from[found] as Span)[0], (from[found + word.length - 1] as Span)[1]]);
    }
  }
  return joined(spans.sort(([one], [other]) => one - other));
}

function joined(spans: readonly Span[]): Span[] {
  const apart: Span[] = [];
  for (const [start, end] of spans) {
    const last = apart.at(-1);
    if (last && start <= last[1]) apart[apart.length - 1] = [last[0], Math.max(last[1], end)];
    else apart.push([start, end]);
  }
  return apart;
}

/** The part of a long text around the first hit, so that it is in sight in a line or two. */
export function excerptOf(text: string, words: readonly string[], before = 40): string {
  const flat = text.replace(/\s+/g, ' ');
  const first = hitsIn(flat, words)[0]?.[0] ?? 0;
  if (first <= before) return flat;
  const space = flat.indexOf(' ', first - before);
  return `…${flat.slice(space > 0 && space < first ? space + 1 : first)}`;
}

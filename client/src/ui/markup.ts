/**
 * The little markup that people write without thinking: links, `code`, ```blocks```, **bold**, *italic*, ~~struck~~.
 * The result is a tree that is rendered as text, so nothing that somebody writes can become a part of the page.
 */
export type Mark =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'link'; readonly href: string; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'block'; readonly text: string }
  | { readonly kind: 'bold' | 'italic' | 'struck'; readonly inside: readonly Mark[] };

interface Rule {
  readonly pattern: RegExp;
  readonly mark: (match: RegExpExecArray) => Mark | undefined;
}

const inside = (kind: 'bold' | 'italic' | 'struck') => (match: RegExpExecArray) => ({ kind, inside: parse(match[1] as string, inline) });

/** A sign opens before a letter and closes behind one, so that `2 * 3 * 4` and snake_case_names stay what they are. */
const inline: readonly Rule[] = [
  { pattern: /`([^`\n]+)`/, mark: ([, text]) => ({ kind: 'code', text: text as string }) },
  { pattern: /\bhttps?:\/\/[^\s<>"'`]+/i, mark: ([url]) => linkOf(url as string) },
  { pattern: /(?<![*\w])\*\*(?=\S)((?:(?!\*\*)[^\n])+?)(?<=\S)\*\*(?!\w)/, mark: inside('bold') },
  { pattern: /(?<![*\w])\*(?=[^\s*])([^*\n]+?)(?<=[^\s*])\*(?![*\w])/, mark: inside('italic') },
  { pattern: /(?<![_\w])_(?=[^\s_])([^_\n]+?)(?<=[^\s_])_(?![_\w])/, mark: inside('italic') },
  { pattern: /(?<![~\w])~~(?=\S)((?:(?!~~)[^\n])+?)(?<=\S)~~(?!\w)/, mark: inside('struck') },
];

const whole: readonly Rule[] = [
  { pattern: /```(?:[\w+#-]*\n)?([\s\S]+?)\n?```\n?/, mark: ([, text]) => ({ kind: 'block', text: text as string }) },
  ...inline,
];

export const markup = (text: string): readonly Mark[] => parse(text, whole);

/** What is left of it in one line, where there is no room for more than the words. */
export const plainText = (text: string): string => markup(text).map(wordsIn).join('');

const wordsIn = (mark: Mark): string => ('inside' in mark ? mark.inside.map(wordsIn).join('') : mark.text);

function parse(text: string, rules: readonly Rule[]): readonly Mark[] {
  const marks: Mark[] = [];
  for (let rest = text; rest !== ''; ) {
    const next = nearest(rest, rules);
    if (!next) {
      marks.push({ kind: 'text', text: rest });
      break;
    }
    if (next.at > 0) marks.push({ kind: 'text', text: rest.slice(0, next.at) });
    marks.push(next.mark);
    rest = rest.slice(next.at + next.length);
  }
  return marks;
}

function nearest(text: string, rules: readonly Rule[]) {
  let found: { at: number; length: number; mark: Mark } | undefined;
  for (const { pattern, mark } of rules) {
    const match = pattern.exec(text);
    if (!match || (found && match.index >= found.at)) continue;
    const made = mark(match);
    if (made) found = { at: match.index, length: made.kind === 'link' ? made.text.length : match[0].length, mark: made };
  }
  return found;
}

/** What ends a sentence or closes a bracket that was opened before is not part of an address. */
function linkOf(found: string): Mark | undefined {
  let url = found.replace(/[.,;:!?…'"*_~]+$/, '');
  while (url.endsWith(')') && url.split(')').length > url.split('(').length) url = url.slice(0, -1);
  return URL.canParse(url) ? { kind: 'link', href: new URL(url).href, text: url } : undefined;
}

/** One to three emoji and nothing else are shown large. */
export const isOnlyEmoji = (text: string) =>
  text.length <= 40 &&
  /^(?:\p{Extended_Pictographic}(?:\ufe0f|\u200d\p{Extended_Pictographic}|\p{Emoji_Modifier})*\s*){1,3}$/u.test(text.trim());

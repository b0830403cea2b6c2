import { memo, type ReactNode } from 'react';
import { isOnlyEmoji, type Mark, markup } from '../../ui/markup.ts';

/** What somebody wrote, as text: its marks become elements, never markup of the page. */
export const MessageText = memo(function MessageText({ text }: { text: string }) {
  if (isOnlyEmoji(text)) return <span className="text-4xl/12">{text}</span>;
  return <span className="whitespace-pre-wrap">{markup(text).map(shown)}</span>;
});

function shown(mark: Mark, index: number): ReactNode {
  switch (mark.kind) {
    case 'text':
      return mark.text;
    case 'link':
      return (
        <a key={index} href={mark.href} target="_blank" rel="noopener noreferrer" className="underline underline-offset-2">
          {mark.text}
        </a>
      );
    case 'code':
      return (
        <code key={index} className="rounded bg-ink/8 px-1 py-0.5 font-mono text-[0.875em]">
          {mark.text}
        </code>
      );
    case 'block':
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways has to be reachable by keyboard.
        <pre key={index} tabIndex={0} className="my-1 overflow-x-auto rounded-lg bg-ink/8 px-3 py-2 font-mono text-[0.8125rem]/5">
          {mark.text}
        </pre>
      );
    case 'bold':
      return <strong key={index}>{mark.inside.map(shown)}</strong>;
    case 'italic':
      return <em key={index}>{mark.inside.map(shown)}</em>;
    case 'struck':
      return <s key={index}>{mark.inside.map(shown)}</s>;
  }
}

import { type KeyboardEvent, useEffect, useId, useState } from 'react';
import { useTexts } from '../../texts/texts.tsx';
import type { Emoji } from '../../ui/emoji.ts';

const SHOWN = 6;
/** A colon at the beginning of a word, and two letters: fewer would offer something to everybody who writes a time. */
const begun = /(?:^|\s):([\p{L}\d_+-]{2,})(:?)$/u;

interface CompletionOptions {
  readonly text: string;
  /** Where the caret is; undefined while a stretch is selected. */
  readonly caret: number | undefined;
  readonly onComplete: (from: number, to: number, sign: string) => void;
}

/** What was begun with a colon, as the emoji that it may become. The names are loaded with the first colon. */
export function useCompletion({ text, caret, onComplete }: CompletionOptions) {
  const id = useId();
  const [found, setFound] = useState<readonly Emoji[]>([]);
  const [at, setAt] = useState(0);
  const [dismissed, dismiss] = useState<string>();
  const match = caret === undefined ? null : begun.exec(text.slice(0, caret));
  const word = match?.[1];
  const closed = match?.[2] === ':';

  const complete = (sign: string) => {
    if (caret !== undefined && word) onComplete(caret - word.length - (closed ? 2 : 1), caret, sign);
  };
  useEffect(() => {
    setAt(0);
    if (!word) return setFound([]);
    let current = true;
    void import('../../ui/emoji.ts').then(({ findEmoji, emojiNamed }) => {
      if (!current) return;
      const sign = closed ? emojiNamed(word.toLowerCase()) : undefined;
      if (sign) complete(sign);
      setFound(closed ? [] : findEmoji(word, SHOWN));
    });
    return () => {
      current = false;
    };
  }, [word, closed]);

  const open = word !== undefined && word !== dismissed && found.length > 0;
  return {
    open,
    field: open ? { 'aria-controls': id, 'aria-activedescendant': `${id}-${at}`, 'aria-autocomplete': 'list' as const } : {},
    list: { id, found, at, choose: complete },
    /** True: the key was for the list. */
    onKeyDown({ key }: KeyboardEvent): boolean {
      if (!open) return false;
      const step = { ArrowDown: 1, ArrowUp: -1 }[key];
      if (step) setAt((at + step + found.length) % found.length);
      else if (key === 'Enter' || key === 'Tab') complete((found[at] as Emoji).sign);
      else if (key === 'Escape') dismiss(word);
      else return false;
      return true;
    },
  };
}

export function Completion({ id, found, at, choose }: ReturnType<typeof useCompletion>['list']) {
  const { actions } = useTexts();
  return (
    <div role="listbox" id={id} aria-label={actions.emoji} className="mx-auto mb-2 w-full max-w-3xl">
      <div className="w-64 animate-rise rounded-2xl bg-raised p-1.5 shadow-float">
        {found.map(({ sign, codes }, index) => (
          // biome-ignore lint/a11y/useFocusableInteractive: as above.
          // biome-ignore lint/a11y/useKeyWithClickEvents: as above.
          <div
            key={sign}
            role="option"
            id={`${id}-${index}`}
            aria-selected={index === at}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => choose(sign)}
            className="flex cursor-pointer items-center gap-3 rounded-lg px-2.5 py-1 text-sm hover:bg-hover aria-selected:bg-hover"
          >
            <span className="text-xl">{sign}</span>
            <span className="truncate text-soft">:{codes[0]}:</span>
          </div>
        ))}
      </div>
    </div>
  );
}

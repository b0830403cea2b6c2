import { type ReactNode, useState } from 'react';
import { useReason, useTexts } from '../../texts/texts.tsx';
import { isOnlyEmoji } from '../../ui/markup.ts';
import { Ticks } from '../../ui/ticks.tsx';
import type { BubbleView } from './bubble-view.ts';
import { MessageText } from './message-text.tsx';

/** Past this a text is folded. */
const LONG = 1_200;
const MANY_LINES = 18;

const isLong = (text: string) => text.length > LONG || text.split('\n', MANY_LINES + 1).length > MANY_LINES;

interface BubbleProps {
  readonly view: BubbleView;
  readonly first: boolean;
  readonly time: string;
  /** What it answers. */
  readonly children?: ReactNode;
}

/** The corner towards its author is sharp where a group begins, as if it were spoken there. */
const corners = (mine: boolean, first: boolean) => (first ? (mine ? 'rounded-se-md' : 'rounded-ss-md') : '');

export function Bubble({ view, first, time, children }: BubbleProps) {
  const { conversation } = useTexts();
  const { mine, text, edited, progress } = view;
  const colours = mine ? 'bg-mine text-mine-ink' : 'bg-theirs text-ink';
  const flow = text !== null && isOnlyEmoji(text) ? 'flex items-end' : 'flow-root';
  return (
    <div
      className={`relative ${flow} max-w-full [unicode-bidi:plaintext] rounded-2xl px-3 forced-colors:border py-1.5 text-[0.9375rem]/[1.375rem] wrap-anywhere shadow-bubble ${colours} ${corners(mine, first)}`}
    >
      {children}
      {text === null ? <Deleted mine={mine} /> : <Foldable text={text} />}
      <span
        className={`float-end ms-3 mt-1 -mb-0.5 flex h-[1.125rem] items-center gap-1 text-2xs tabular-nums ${mine ? 'text-mine-soft' : 'text-faint'}`}
      >
        {edited && <span>{conversation.edited}</span>}
        <time dateTime={new Date(view.at).toISOString()}>{time}</time>
        {progress && <Ticks progress={progress} label={conversation[progress]} />}
      </span>
    </div>
  );
}

function Deleted({ mine }: { mine: boolean }) {
  const { conversation } = useTexts();
  return (
    <span className={`italic ${mine ? 'text-mine-soft' : 'text-soft'}`}>{mine ? conversation.deletedByMe : conversation.deleted}</span>
  );
}

function Foldable({ text }: { text: string }) {
  const { conversation } = useTexts();
  const [open, setOpen] = useState(false);
  if (!isLong(text)) return <MessageText text={text} />;
  return (
    <>
      <div className={open ? '' : 'line-clamp-[12]'}>
        <MessageText text={text} />
      </div>
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)} className="mt-1 font-semibold underline underline-offset-2">
        {open ? conversation.showLess : conversation.showMore}
      </button>
    </>
  );
}

/** What became of a message that was refused, and what can be done. */
export function Refused({ view, onRetry, onDiscard }: { view: BubbleView; onRetry: () => void; onDiscard: () => void }) {
  const { failed, retry, discard } = useTexts().conversation;
  const reason = useReason(view.code);
  return (
    <p className="mt-1 flex flex-wrap items-center justify-end gap-x-3 text-sm text-danger">
      <span>
        {failed}: {reason}
      </span>
      <button type="button" onClick={onRetry} className="font-semibold underline underline-offset-2">
        {retry}
      </button>
      <button type="button" onClick={onDiscard} className="font-semibold underline underline-offset-2">
        {discard}
      </button>
    </p>
  );
}

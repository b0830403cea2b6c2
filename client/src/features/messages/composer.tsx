import { limits } from '@parley/common/contracts/limits';
import { type KeyboardEvent, lazy, Suspense, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTexts } from '../../texts/texts.tsx';
import { IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Completion, useCompletion } from './completion.tsx';
import { useText } from './text.ts';
import { useTypingSignal } from './typing-signal.ts';
import type { useWriting } from './writing.ts';
import { WritingAbout } from './writing-about.tsx';

const EmojiPicker = lazy(() => import('../../app/emoji-picker.tsx'));

/** How much is left is said when it begins to matter. */
const NEARLY = 200;

const lengthOf = (text: string) => (text.length < limits.messageText - NEARLY ? text.length : [...text].length);
const isTouch = () => matchMedia('(pointer: coarse)').matches;
/** On a touch screen the return key makes a line, as its picture says. */
const returnSends = () => !isTouch();

interface ComposerProps {
  readonly peerId: string;
  readonly peerName: string;
  readonly writing: ReturnType<typeof useWriting>;
  /** What I wrote last is to be changed. */
  readonly onEditLast: () => void;
}

export function Composer({ peerId, peerName, writing: { writing, end, submit }, onEditLast }: ComposerProps) {
  const { conversation, actions } = useTexts();
  const field = useRef<HTMLTextAreaElement>(null);
  const isEdit = writing.kind === 'edit';
  const [text, setText] = useText(peerId, isEdit ? (writing.view.text ?? '') : undefined);
  const [caret, setCaret] = useState<number>();
  const [picking, setPicking] = useState<DOMRect>();
  const typing = useTypingSignal(peerId);
  const length = lengthOf(text.trim());
  const over = length - limits.messageText;

  const write = (next: string) => {
    setText(next);
    if (next.trim()) typing.typed();
    else typing.stop();
  };
  const put = usePutting(field, text, write, setCaret);
  const completion = useCompletion({ text, caret, onComplete: put });
  const send = () => {
    const content = text.trim();
    if (content === '' || over > 0) return;
    typing.stop();
    if (!isEdit) setText('');
    submit(content);
    field.current?.focus();
  };
  useEffect(() => {
    // Whoever opens a conversation wants to write; on a touch screen that would bring up the keyboard over what was said.
    if (writing.kind !== 'new' || !isTouch()) field.current?.focus();
  }, [writing]);
  const onKeyDown = (event: KeyboardEvent) => {
    // While an input method composes, the keys are its own.
    if (event.nativeEvent.isComposing) return;
    if (completion.onKeyDown(event)) return event.preventDefault();
    if (event.key === 'Escape' && writing.kind !== 'new') end();
    else if (event.key === 'ArrowUp' && text === '' && writing.kind === 'new') onEditLast();
    else if (event.key === 'Enter' && !event.shiftKey && returnSends()) send();
    else return;
    event.preventDefault();
  };
  const followCaret = () => {
    const { selectionStart = 0, selectionEnd = 0 } = field.current ?? {};
    setCaret(selectionStart === selectionEnd ? selectionStart : undefined);
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      className="px-3 pt-1 pb-safe sm:px-6"
    >
      {over > -NEARLY && (
        <p role="status" className={`mx-auto max-w-3xl pb-1 text-end text-xs tabular-nums ${over > 0 ? 'text-danger' : 'text-soft'}`}>
          {over > 0 ? conversation.tooLong(over) : conversation.left(-over)}
        </p>
      )}
      {completion.open && <Completion {...completion.list} />}
      <WritingAbout writing={writing} peerName={peerName} onEnd={end} />
      <div className="mx-auto flex w-full max-w-3xl items-end gap-2">
        {/* Its own paddings would change sides with the direction of what is written, and the text run under the button. */}
        <div className="flex min-w-0 flex-1 items-end rounded-3xl border border-line bg-surface transition-colors has-[textarea:focus]:border-accent has-[textarea:focus]:outline-2 has-[textarea:focus]:outline-accent/25">
          <textarea
            ref={field}
            rows={1}
            dir="auto"
            aria-label={`${conversation.write}, ${peerName}`}
            placeholder={conversation.write}
            enterKeyHint={returnSends() ? 'send' : 'enter'}
            autoComplete="off"
            value={text}
            onChange={(event) => {
              write(event.target.value);
              followCaret();
            }}
            onKeyDown={onKeyDown}
            onSelect={followCaret}
            {...completion.field}
            className="composer-size block max-h-48 min-w-0 flex-1 resize-none bg-transparent px-4 py-[0.5625rem] text-base/6 text-ink outline-none sm:text-[0.9375rem]/6"
          />
          <IconButton
            icon="smile"
            label={actions.emoji}
            aria-expanded={picking !== undefined}
            onClick={({ currentTarget }) => setPicking(currentTarget.getBoundingClientRect())}
            className="-ms-3 me-px mb-px"
          />
        </div>
        <button
          type="submit"
          aria-label={isEdit ? actions.saveEdit : conversation.send}
          title={isEdit ? actions.saveEdit : conversation.send}
          disabled={length === 0 || over > 0}
          className="flex size-11 shrink-0 items-center justify-center rounded-full bg-accent text-on-accent transition hover:bg-accent-strong disabled:bg-field disabled:text-faint"
        >
          <Icon name={isEdit ? 'check' : 'send'} className="size-5" />
        </button>
      </div>
      <Suspense>
        {picking && (
          <EmojiPicker
            anchor={picking}
            onClose={() => {
              setPicking(undefined);
              field.current?.focus();
            }}
            onPick={(sign) => put(field.current?.selectionStart ?? text.length, field.current?.selectionEnd ?? text.length, sign, '')}
          />
        )}
      </Suspense>
    </form>
  );
}

/** Puts a sign into the text, in the place of a stretch of it, and the caret behind. */
function usePutting(
  field: React.RefObject<HTMLTextAreaElement | null>,
  text: string,
  write: (text: string) => void,
  setCaret: (caret: number) => void,
) {
  const behind = useRef<number>(undefined);
  useLayoutEffect(() => {
    if (behind.current === undefined) return;
    field.current?.setSelectionRange(behind.current, behind.current);
    setCaret(behind.current);
    behind.current = undefined;
  });
  return (from: number, to: number, sign: string, after = ' ') => {
    behind.current = from + sign.length + after.length;
    write(`${text.slice(0, from)}${sign}${after}${text.slice(to)}`);
  };
}

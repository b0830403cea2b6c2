import type { Message } from '@parley/common/contracts';
import type { MouseEvent } from 'react';
import { useParley } from '../../app/hooks.ts';
import { useWhen } from '../../app/when.ts';
import { useTexts } from '../../texts/texts.tsx';
import { IconButton } from '../../ui/button.tsx';
import { useMenuGesture } from '../../ui/menu-gesture.ts';
import { Bubble, Refused } from './bubble.tsx';
import type { BubbleView } from './bubble-view.ts';
import type { Placing } from './grouping.ts';
import { Quote } from './quote.tsx';
import { Reactions } from './reactions.tsx';

export interface RowDoings {
  readonly onMenu: (view: BubbleView, anchor: DOMRect) => void;
  readonly onReact: (view: BubbleView, emoji: string, set: boolean) => void;
  readonly onJump: (seq: number) => void;
}

interface MessageRowProps {
  readonly view: BubbleView;
  readonly placing: Placing;
  readonly peerName: string;
  readonly isFirstUnread: boolean;
  /** Somebody was just brought here. */
  readonly isTarget: boolean;
  /** The message that this one answers, when it is held. */
  readonly quoted: Message | undefined;
  readonly doings: RowDoings;
}

/** One line of the conversation, with what stands above it: the day, where the unread begin. */
export function MessageRow({ view, placing, peerName, isFirstUnread, isTarget, quoted, doings }: MessageRowProps) {
  const when = useWhen();
  const { conversation, actions, list } = useTexts();
  const { outbox } = useParley();
  const { newDay, first } = placing;
  const gesture = useMenuGesture((anchor) => doings.onMenu(view, anchor));
  const openMenu = (event: MouseEvent<HTMLElement>) => {
    event.preventDefault();
    doings.onMenu(view, event.currentTarget.getBoundingClientRect());
  };
  const said = view.text ?? conversation.deleted;
  return (
    <div className={`group/row ${first ? 'pt-2.5' : 'pt-0.5'}`}>
      {newDay && <Day name={when.day(view.at)} />}
      {isFirstUnread && <Unread label={conversation.newMessages} />}
      <div
        className={`-mx-2 flex flex-col rounded-2xl px-2 transition-colors duration-700 ${isTarget ? 'bg-mark/60' : ''} ${view.mine ? 'items-end ps-8 sm:ps-20' : 'items-start pe-8 sm:pe-20'}`}
      >
        <div className={`flex max-w-full items-center gap-1 ${view.mine ? 'flex-row-reverse' : ''}`}>
          {/* biome-ignore lint/a11y/useSemanticElements: it holds links and buttons of its own. */}
          <div
            role="group"
            data-roving
            tabIndex={-1}
            aria-label={conversation.from(view.mine ? list.you : peerName, said)}
            aria-haspopup="menu"
            {...gesture}
            onKeyDown={(event) => {
              gesture.onKeyDown(event);
              if (event.key !== 'Enter' || event.target !== event.currentTarget) return;
              event.preventDefault();
              doings.onMenu(view, event.currentTarget.getBoundingClientRect());
            }}
            className="min-w-0 rounded-2xl"
          >
            <Bubble view={view} first={first} time={when.clock(view.at)}>
              {view.replyTo !== undefined && view.text !== null && (
                <Quote message={quoted} peerName={peerName} onClick={() => doings.onJump(view.replyTo as number)} />
              )}
            </Bubble>
          </div>
          <IconButton
            icon="more"
            label={actions.more}
            tabIndex={-1}
            onClick={openMenu}
            className="size-8! opacity-0 group-hover/row:opacity-100 focus-visible:opacity-100 pointer-coarse:hidden"
          />
        </div>
        {view.reactions.length > 0 && <Reactions view={view} onReact={(emoji, set) => doings.onReact(view, emoji, set)} />}
        {view.progress === 'failed' && (
          <Refused view={view} onRetry={() => outbox.retry(view.clientId)} onDiscard={() => outbox.dismiss(view.clientId)} />
        )}
      </div>
    </div>
  );
}

function Day({ name }: { name: string }) {
  return (
    <div className="flex justify-center pt-3 pb-3">
      <h2 className="rounded-full bg-field px-3 py-1 text-xs font-medium text-soft first-letter:uppercase">{name}</h2>
    </div>
  );
}

function Unread({ label }: { label: string }) {
  return (
    <div className="flex items-center gap-3 py-2 text-xs font-semibold text-accent">
      <span className="h-px flex-1 bg-accent/40" />
      {label}
      <span className="h-px flex-1 bg-accent/40" />
    </div>
  );
}

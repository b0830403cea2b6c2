import type { Entry, Held } from '@parley/client-library';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useAppSelector, useMe } from '../../app/hooks.ts';
import { useTexts } from '../../texts/texts.tsx';
import { useRoving } from '../../ui/roving.ts';
import { bubbleView, changesOf, type Surroundings } from './bubble-view.ts';
import { placingOf } from './grouping.ts';
import { useReadingOn } from './history.ts';
import { MessageRow, type RowDoings } from './message-row.tsx';
import { useReading } from './reading.ts';
import { type Start, useRows } from './rows.ts';
import { clientIdOf, isStored, newOf, seenOf, timelineOf } from './timeline.ts';
import { ToNewest } from './to-newest.tsx';

interface MessageListProps {
  readonly peerId: string;
  readonly peerName: string;
  readonly held: Held | undefined;
  readonly entries: readonly Entry[];
  /** The first that was unread when the conversation was opened. */
  readonly firstUnread: number | undefined;
  /** The stretch that holds this place, rather than the newest. */
  readonly place: number | undefined;
  /** What is on the screen is where they wanted to be. */
  readonly arrived: boolean;
  /** Who asks to be brought to a message; `times` tells one asking from the next. */
  readonly target: { readonly seq: number; readonly times: number } | undefined;
  readonly doings: RowDoings;
  readonly onNewest: () => void;
}

/** Rows this near to an end of what is held have the next page read. */
const NEAR_END = 12;
const FLASH_MS = 1_600;

export function MessageList({ peerId, peerName, held, entries, firstUnread, place, arrived, target, doings, onNewest }: MessageListProps) {
  const { conversation } = useTexts();
  const { userId: me } = useMe();
  const unread = useAppSelector(({ conversations }) => conversations.byPeer[peerId]?.unread ?? 0);
  const skew = useAppSelector(({ connection }) => connection.skew);
  const timeline = useMemo(() => timelineOf(held, entries, place), [held, entries, place]);
  const changes = useMemo(() => changesOf(entries), [entries]);
  const around: Surroundings = { me, peerMarks: held?.marks[peerId], skew, changes };
  const { lines } = timeline;
  const { scroller, sheet, shown, observe, bring, toEnd } = useRows(lines, startOf(target?.seq, firstUnread));
  const readingOn = useReadingOn(peerId, timeline);
  const roving = useRoving<HTMLDivElement>('last');
  const flashing = useTarget(target, (seq) => {
    const index = lines.findIndex((line) => isStored(line) && line.seq === seq);
    if (index >= 0) bring(index, 'center');
  });
  const { first, last } = shown;

  useLayoutEffect(() => {
    if (first < NEAR_END) readingOn.before();
    if (last > lines.length - NEAR_END) readingOn.after();
  });
  // Whoever writes wants to see what they wrote, wherever in the history they were.
  useWritten(entries, () => (timeline.hasAfter ? onNewest() : toEnd()));
  useReading(peerId, arrived ? seenOf(timeline, shown.seen, me) : 0, held?.marks[me]?.read ?? 0);

  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        role="log"
        aria-label={conversation.messages}
        aria-live="off"
        className="flex h-full flex-col overflow-x-hidden overflow-y-auto overscroll-contain px-3 [overflow-anchor:none] sm:px-6"
      >
        <div ref={sheet} className="relative mx-auto mt-auto w-full max-w-3xl shrink-0">
          <div {...roving} className="absolute inset-x-0 top-0">
            {lines.slice(first, last + 1).map((line, index) => {
              const view = bubbleView(line, around);
              const key = clientIdOf(line);
              return (
                <div key={key} data-key={key} ref={observe}>
                  <MessageRow
                    view={view}
                    placing={placingOf(lines, first + index, me, skew)}
                    peerName={peerName}
                    isFirstUnread={firstUnread !== undefined && view.seq === firstUnread}
                    isTarget={flashing !== undefined && view.seq === flashing}
                    quoted={view.replyTo === undefined ? undefined : held?.messages.get(view.replyTo)}
                    doings={doings}
                  />
                </div>
              );
            })}
          </div>
          {!timeline.hasBefore && held && <Beginning name={peerName} />}
        </div>
      </div>
      {lines.length > 0 && (timeline.hasAfter || !shown.atEnd) && (
        <ToNewest
          // Of what is not here the list alone knows how much it is.
          count={timeline.hasAfter ? unread : newOf(timeline, held, me)}
          onClick={() => (timeline.hasAfter ? onNewest() : toEnd({ smooth: true }))}
        />
      )}
    </div>
  );
}

function startOf(target: number | undefined, firstUnread: number | undefined): Start | undefined {
  if (target !== undefined) return { seq: target, align: 'center' };
  return firstUnread === undefined ? undefined : { seq: firstUnread, align: 'start' };
}

function useWritten(entries: readonly Entry[], follow: () => void) {
  const last = entries.findLast(({ command }) => command.type === 'send')?.command.clientId;
  const known = useRef(last);
  useEffect(() => {
    if (last === undefined || last === known.current) return;
    known.current = last;
    follow();
  });
}

/** Brings the message into sight each time it is asked for, and marks it for a moment. */
function useTarget(target: MessageListProps['target'], bring: (seq: number) => void): number | undefined {
  const [flashing, flash] = useState<number>();
  useEffect(() => {
    if (!target) return;
    bring(target.seq);
    flash(target.seq);
    const timer = setTimeout(() => flash(undefined), FLASH_MS);
    return () => clearTimeout(timer);
  }, [target]);
  return flashing;
}

function Beginning({ name }: { name: string }) {
  const { conversation } = useTexts();
  return (
    <p className="absolute inset-x-0 top-5 line-clamp-2 text-center text-sm text-balance wrap-anywhere text-faint">
      {conversation.beginning(name)}
    </p>
  );
}

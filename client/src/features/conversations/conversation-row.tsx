import type { Conversation } from '@parley/common/contracts';
import { memo } from 'react';
import { useAsking } from '../../app/conversation-menu.tsx';
import { useAppSelector, useMe } from '../../app/hooks.ts';
import { useLatest } from '../../app/latest.ts';
import { usePerson } from '../../app/person.ts';
import { Link, pathWith, type Section } from '../../app/routing.tsx';
import { useWhen } from '../../app/when.ts';
import { useTexts } from '../../texts/texts.tsx';
import { Avatar } from '../../ui/avatar.tsx';
import { IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useMenuGesture } from '../../ui/menu-gesture.ts';
import { Ticks } from '../../ui/ticks.tsx';
import { isMuted } from './conversations-slice.ts';

interface ConversationRowProps {
  readonly conversation: Conversation;
  readonly section: Section;
}

export const ConversationRow = memo(function ConversationRow({ conversation, section }: ConversationRowProps) {
  const { list, doings } = useTexts();
  const { peerId, settings, lastActivityAt, closed } = conversation;
  const person = usePerson(peerId, closed);
  const when = useWhen();
  const ask = useAsking();
  const gesture = useMenuGesture((anchor) => ask({ kind: 'menu', peerId, anchor, inside: false }));
  const muted = isMuted(settings, when.now);
  return (
    <li className="group/item relative [content-visibility:auto] [contain-intrinsic-size:auto_72px]">
      <Link
        to={pathWith(peerId, section)}
        data-roving
        aria-haspopup="menu"
        {...gesture}
        className="mx-2 flex items-center gap-3 rounded-xl px-3 py-2.5 transition-colors select-none [-webkit-touch-callout:none] hover:bg-hover aria-[current=page]:bg-selected"
      >
        <Avatar userId={peerId} name={person.name} pictureId={person.pictureId} online={person.online && !settings.blocked} />
        <span className="min-w-0 flex-1">
          <span className="flex items-baseline gap-2">
            <span className="own-direction min-w-0 truncate font-semibold text-ink">{person.name}</span>
            {muted && <Mark icon="muted" label={list.muted} />}
            <time dateTime={lastActivityAt} className="ms-auto shrink-0 text-xs text-faint tabular-nums">
              {when.short(lastActivityAt)}
            </time>
          </span>
          <span className="mt-0.5 flex h-5 items-center gap-2">
            <Latest conversation={conversation} />
            {settings.blocked && <Mark icon="block" label={list.blocked} />}
            {settings.pinned && <Mark icon="pin" label={list.pinned} />}
            <Unread conversation={conversation} muted={muted} />
          </span>
        </span>
      </Link>
      <IconButton
        icon="more"
        label={doings.more(person.name)}
        tabIndex={-1}
        onClick={({ currentTarget }) => ask({ kind: 'menu', peerId, anchor: currentTarget.getBoundingClientRect(), inside: false })}
        className="absolute! end-4 bottom-2 size-7! bg-raised opacity-0 shadow-bubble group-hover/item:opacity-100 focus-visible:opacity-100 pointer-coarse:hidden"
      />
    </li>
  );
});

const Mark = ({ icon, label }: { icon: 'muted' | 'block' | 'pin'; label: string }) => (
  <span role="img" aria-label={label} title={label} className="shrink-0 self-center text-faint">
    <Icon name={icon} className="size-3.5" />
  </span>
);

/** The last thing that happened: somebody types, something is begun, on its way, or said. */
function Latest({ conversation }: { conversation: Conversation }) {
  const texts = useTexts();
  const latest = useLatest(conversation);
  const line = 'min-w-0 flex-1 truncate text-sm';
  if (latest.kind === 'typing') return <span className={`${line} text-accent`}>{texts.list.typing}</span>;
  if (latest.kind === 'draft') {
    return (
      <span className={`${line} text-soft`}>
        <span className="font-medium text-danger">{texts.list.draft}:</span> {latest.text}
      </span>
    );
  }
  return (
    <span className={`${line} flex items-center gap-1.5 text-soft`}>
      {latest.progress && <Ticks progress={latest.progress} label={texts.conversation[latest.progress]} className="text-faint" />}
      <span className={`own-direction truncate ${latest.text === null ? 'italic' : ''}`}>{latest.text ?? texts.list.deletedMessage}</span>
    </span>
  );
}

interface UnreadProps {
  readonly conversation: Conversation;
  readonly muted: boolean;
}

function Unread({ conversation: { peerId, unread, lastSeq, settings }, muted }: UnreadProps) {
  const { list } = useTexts();
  const { userId } = useMe();
  // What was read here and is not with the store yet is read all the same.
  const readHere = useAppSelector((state) => state.held[peerId]?.marks[userId]?.read ?? 0);
  const count = readHere >= lastSeq ? 0 : unread;
  if (count === 0 && !settings.markedUnread) return null;
  return (
    <span
      role="img"
      aria-label={count > 0 ? list.unread(count) : list.markedUnread}
      className={`flex shrink-0 items-center justify-center rounded-full text-xs font-bold tabular-nums ${count > 0 ? 'h-5 min-w-5 px-1.5' : 'size-3'} ${muted ? 'bg-field text-soft' : 'bg-accent text-on-accent'}`}
    >
      {count > 0 ? (count > 998 ? '999+' : count) : ''}
    </span>
  );
}

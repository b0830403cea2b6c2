import type { InboxEntry } from '@parley/common/contracts';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useAppSelector, useParley } from '../../app/hooks.ts';
import { usePerson } from '../../app/person.ts';
import { Link, pathWith } from '../../app/routing.tsx';
import { useUnread } from '../../app/unread.ts';
import { useWhen } from '../../app/when.ts';
import { useLaterTexts, useTexts } from '../../texts/texts.tsx';
import { Avatar } from '../../ui/avatar.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import { LaterIcon } from '../../ui/icon-later.tsx';
import { plainText } from '../../ui/markup.ts';
import { useRoving } from '../../ui/roving.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';

type Of<K extends InboxEntry['kind']> = Extract<InboxEntry, { kind: K }>;

/** What waits: conversations with something unread, and what happened to the account. */
// biome-ignore lint/style/noDefaultExport: loaded when it is first shown, which React does by the default export.
export default function Inbox() {
  const { inbox } = useLaterTexts();
  const { list, conversation } = useTexts();
  const { entries, unread, failed, readAll, read, again } = useInbox();
  const roving = useRoving<HTMLUListElement>();
  if (failed && !entries) {
    return (
      <Empty icon="wifi" title={list.loadFailed}>
        <Button look="quiet" onClick={again}>
          {conversation.retry}
        </Button>
      </Empty>
    );
  }
  if (!entries) return <SkeletonRows />;
  if (entries.length === 0) return <Empty icon="bell" title={inbox.empty} hint={inbox.emptyHint} />;
  return (
    <>
      {unread > 0 && (
        <div className="flex justify-end px-4 pb-1">
          <Button look="bare" onClick={readAll}>
            <Icon name="check" className="size-4" />
            {inbox.readAll}
          </Button>
        </div>
      )}
      <ul {...roving} aria-label={list.inbox} className="pb-4">
        {entries.map((entry) =>
          entry.kind === 'conversation' ? (
            <Waiting key={entry.conversationId} entry={entry} />
          ) : (
            <Happened key={entry.id} entry={entry} onRead={() => read(entry.id)} />
          ),
        )}
      </ul>
    </>
  );
}

const row = 'mx-2 flex items-center gap-3 rounded-xl px-3 py-2.5 transition-colors hover:bg-hover aria-[current=page]:bg-selected';

function Waiting({ entry }: { entry: Of<'conversation'> }) {
  const { list } = useTexts();
  const { peerId, unread, preview, at } = entry;
  const person = usePerson(peerId);
  const when = useWhen();
  return (
    <li>
      <Link to={pathWith(peerId, 'inbox')} data-roving className={row}>
        <Avatar userId={peerId} name={person.name} pictureId={person.pictureId} online={person.online} />
        <span className="min-w-0 flex-1">
          <span className="flex items-baseline gap-2">
            <span className="own-direction min-w-0 flex-1 truncate font-semibold">{person.name}</span>
            <time dateTime={at} className="shrink-0 text-xs text-faint tabular-nums">
              {when.short(at)}
            </time>
          </span>
          <span className="mt-0.5 flex items-center gap-2">
            <span className="own-direction min-w-0 flex-1 truncate text-sm text-soft">
              {preview ? (preview.text === null ? list.deletedMessage : plainText(preview.text)) : ''}
            </span>
            <span
              role="img"
              aria-label={list.unread(unread)}
              className="flex h-5 min-w-5 shrink-0 items-center justify-center rounded-full bg-accent px-1.5 text-xs font-bold text-on-accent tabular-nums"
            >
              {unread > 998 ? '999+' : unread}
            </span>
          </span>
        </span>
      </Link>
    </li>
  );
}

function Happened({ entry, onRead }: { entry: Of<'account'>; onRead: () => void }) {
  const { inbox } = useLaterTexts();
  const { list } = useTexts();
  const { what, deviceName, at, read } = entry;
  const when = useWhen();
  return (
    <li>
      <Link to="/settings" data-roving onClick={onRead} className={row}>
        <span className="flex size-12 shrink-0 items-center justify-center rounded-full bg-field text-soft">
          <LaterIcon name={what === 'logged-in' ? 'device' : 'lock'} />
        </span>
        <span className="min-w-0 flex-1">
          <span className="flex items-baseline gap-2">
            <span className={`min-w-0 flex-1 truncate ${read ? '' : 'font-semibold'}`}>{inbox[what]}</span>
            <time dateTime={at} className="shrink-0 text-xs text-faint tabular-nums">
              {when.short(at)}
            </time>
          </span>
          <span className="mt-0.5 flex items-center gap-2">
            <span className="min-w-0 flex-1 truncate text-sm text-soft">{deviceName}</span>
            {!read && <span role="img" aria-label={list.markedUnread} className="size-2.5 rounded-full bg-accent" />}
          </span>
        </span>
      </Link>
    </li>
  );
}

/** Read anew whenever something in it may have moved: it is asked for, not kept. */
function useInbox() {
  const parley = useParley();
  const unreadMessages = useUnread();
  const account = useAppSelector(({ notifications }) => notifications.account);
  const connected = useAppSelector(({ connection }) => connection.notifications.at === 'open');
  const [entries, setEntries] = useState<readonly InboxEntry[]>();
  const [unread, setUnread] = useState(0);
  const [failed, setFailed] = useState(false);
  const asked = useRef(0);
  const ask = useCallback(() => {
    const mine = ++asked.current;
    return parley.request('get', '/api/notifications/inbox', {}).then(
      (page) => {
        // Of two answers the one that was asked for last is the newer one.
        if (mine !== asked.current) return;
        setEntries(page.entries);
        setUnread(page.unread.conversations + page.unread.account);
        setFailed(false);
      },
      () => setFailed(true),
    );
  }, [parley]);
  useEffect(() => void ask(), [ask, unreadMessages, account, connected]);
  const mark = (input: { entries?: { kind: 'account'; id: string }[] }) =>
    void parley.request('post', '/api/notifications/inbox/read', input).then(ask, () => setFailed(true));
  return {
    entries,
    unread,
    failed,
    again: () => void ask(),
    readAll: () => mark({}),
    read: (id: string) => mark({ entries: [{ kind: 'account', id }] }),
  };
}

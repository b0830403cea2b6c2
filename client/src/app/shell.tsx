import { lazy, type ReactNode, Suspense, useState } from 'react';
import { ConnectionBanner } from '../features/connection/banner.tsx';
import { ConversationList } from '../features/conversations/conversation-list.tsx';
import { AskAlerts } from '../features/notifications/ask-alerts.tsx';
import { useTexts } from '../texts/texts.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Icon } from '../ui/icon.tsx';
import { Logo } from '../ui/logo.tsx';
import { SearchField } from '../ui/search-field.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { ConversationMenus } from './conversation-menu.tsx';
import { useMe } from './hooks.ts';
import { useKeepingNames, useMeeting, useWatching } from './meeting.ts';
import { useNotifying } from './notifying.ts';
import { usePerson } from './person.ts';
import { Link, pathOf, type Section, sectionOf, usePlace } from './routing.tsx';
import { Shortcuts } from './shortcuts.tsx';
import { useTitle } from './title.ts';
import { Toasts } from './toasts.tsx';
import { useUnread, useWaiting } from './unread.ts';

const PeopleList = lazy(() => import('../features/people/people-list.tsx'));
const Inbox = lazy(() => import('../features/notifications/inbox.tsx'));
const Everything = lazy(() => import('../features/search/everything.tsx'));

/** A list and what was chosen from it: side by side where there is room, one of them where there is not. */
export function Shell({ children }: { children: ReactNode }) {
  const { pathname } = usePlace();
  useMeeting();
  useKeepingNames();
  useWatching();
  useTitle();
  useNotifying();
  const section = sectionOf(pathname);
  const showsList = pathname === pathOf(section);
  return (
    <Toasts>
      <div className="flex h-full flex-col">
        <ConnectionBanner />
        <main className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)] grid-rows-[minmax(0,1fr)] md:grid-cols-[19rem_minmax(0,1fr)] lg:grid-cols-[23rem_minmax(0,1fr)]">
          <ConversationMenus>
            <div className={`min-h-0 flex-col border-e border-line bg-surface ${showsList ? 'flex' : 'hidden md:flex'}`}>
              <Lists section={section} />
            </div>
            <div className={`min-h-0 min-w-0 ${showsList ? 'hidden md:block' : 'block'}`}>
              <Suspense>{children}</Suspense>
            </div>
          </ConversationMenus>
        </main>
      </div>
      <Shortcuts />
    </Toasts>
  );
}

function Lists({ section }: { section: Section }) {
  const { list } = useTexts();
  if (section === 'archive') {
    return (
      <Behind title={list.archive}>
        <ConversationList archive />
      </Behind>
    );
  }
  if (section === 'inbox') {
    return (
      <Behind title={list.inbox}>
        <Suspense fallback={<SkeletonRows />}>
          <Inbox />
        </Suspense>
      </Behind>
    );
  }
  return <Sidebar people={section === 'people'} />;
}

function Sidebar({ people }: { people: boolean }) {
  const { name, list } = useTexts();
  const { userId } = useMe();
  const me = usePerson(userId);
  return (
    <>
      <header className="flex min-h-16 items-center gap-1 ps-5 pe-4">
        <Logo className="size-8" />
        <h1 className="ms-1.5 flex-1 text-lg font-bold tracking-tight">{name}</h1>
        <Bell />
        <Link to="/settings" aria-label={list.settings} title={list.settings} className="rounded-full p-1 transition hover:bg-hover">
          <Avatar size="small" userId={userId} name={me.name} pictureId={me.pictureId} />
        </Link>
      </header>
      <Tabs />
      {people ? (
        <Suspense fallback={<SkeletonRows />}>
          <PeopleList />
        </Suspense>
      ) : (
        <Chats />
      )}
    </>
  );
}

function Chats() {
  const { list } = useTexts();
  const [query, setQuery] = useState('');
  const asked = query.trim();
  return (
    <>
      <div className="px-4 pb-2">
        <SearchField label={list.search} clearLabel={list.clearSearch} value={query} onChange={setQuery} />
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain">
        {asked ? (
          <Suspense fallback={<SkeletonRows />}>
            <Everything query={asked} />
          </Suspense>
        ) : (
          <>
            <AskAlerts />
            <ConversationList archive={false} />
          </>
        )}
      </div>
    </>
  );
}

/** A list that is behind the chats, and the way back to them. */
function Behind({ title, children }: { title: string; children: ReactNode }) {
  const { conversation } = useTexts();
  return (
    <>
      <header className="flex min-h-16 items-center gap-1 px-3">
        <Link
          to="/"
          aria-label={conversation.back}
          className="flex size-10 items-center justify-center rounded-full text-soft hover:bg-hover hover:text-ink"
        >
          <Icon name="back" />
        </Link>
        <h1 className="text-lg font-bold tracking-tight">{title}</h1>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain">{children}</div>
    </>
  );
}

function Bell() {
  const { list } = useTexts();
  const waiting = useWaiting();
  return (
    <Link
      to="/inbox"
      aria-label={waiting > 0 ? `${list.inbox}, ${list.waiting(waiting)}` : list.inbox}
      title={list.inbox}
      className="relative flex size-10 items-center justify-center rounded-full text-soft transition hover:bg-hover hover:text-ink"
    >
      <Icon name="bell" />
      {waiting > 0 && <span className="absolute end-2 top-1.5 size-2.5 rounded-full border-2 border-surface bg-accent" />}
    </Link>
  );
}

function Tabs() {
  const { list } = useTexts();
  const unread = useUnread();
  const people = sectionOf(usePlace().pathname) === 'people';
  const tab = (current: boolean) =>
    `flex h-9 flex-1 items-center justify-center gap-2 rounded-full text-sm font-semibold transition-colors ${current ? 'bg-raised text-ink shadow-bubble' : 'text-soft hover:text-ink'}`;
  return (
    <nav className="mx-4 mb-3 flex rounded-full bg-field p-0.5">
      <Link to="/" className={tab(!people)} aria-current={people ? undefined : 'page'}>
        {list.chats}
        {unread > 0 && (
          <span className="rounded-full bg-accent px-1.5 text-2xs font-bold text-on-accent tabular-nums">
            {unread > 999 ? '999+' : unread}
          </span>
        )}
      </Link>
      <Link to="/people" className={tab(people)} aria-current={people ? 'page' : undefined}>
        {list.people}
      </Link>
    </nav>
  );
}

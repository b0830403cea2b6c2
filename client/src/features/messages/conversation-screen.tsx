import { lazy, Suspense, useEffect, useState } from 'react';
import { useAsking } from '../../app/conversation-menu.tsx';
import { useDoings } from '../../app/doings.ts';
import { useAppSelector, useAppStore, useMe, useParley } from '../../app/hooks.ts';
import { usePerson } from '../../app/person.ts';
import { usePlace } from '../../app/routing.tsx';
import { SidePanel } from '../../app/side-panel.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Announcer } from './announcer.tsx';
import { type BubbleView, lastOfMine } from './bubble-view.ts';
import { Composer } from './composer.tsx';
import { ConversationHeader } from './conversation-header.tsx';
import { useOpened, useUnlisted } from './history.ts';
import { useJumping } from './jumping.ts';
import { MessageList } from './message-list.tsx';
import type { MessageActions } from './message-menu.tsx';
import { selectEntries } from './outbox.ts';
import { RefusedChanges } from './refused-changes.tsx';
import { TypingLine } from './typing-line.tsx';
import { useWriting } from './writing.ts';

const MessageMenu = lazy(() => import('./message-menu.tsx'));
const DeleteDialog = lazy(() => import('./delete-dialog.tsx'));
const EmojiPicker = lazy(() => import('../../app/emoji-picker.tsx'));

// biome-ignore lint/style/noDefaultExport: loaded when it is first shown, which React does by the default export.
export default function ConversationScreen({ peerId }: { peerId: string }) {
  return <Conversation key={peerId} peerId={peerId} />;
}

function Conversation({ peerId }: { peerId: string }) {
  const { conversation } = useTexts();
  const parley = useParley();
  const { userId: me } = useMe();
  const known = useAppSelector((state) => state.conversations.byPeer[peerId]);
  const entries = useAppSelector((state) => selectEntries(state, peerId));
  const { held, failed } = useOpened(peerId);
  const person = usePerson(peerId, known?.closed);
  const { search, visit } = usePlace();
  const asked = Number(search.get('at')) || undefined;
  const firstUnread = useFirstUnread(peerId, asked);
  const jumping = useJumping(peerId, held, firstUnread, asked === undefined ? undefined : { seq: asked, visit });
  const writing = useWriting(peerId);
  const ask = useAsking();
  useUnmarking(peerId);
  useUnlisted(peerId);
  const [menu, setMenu] = useState<{ view: BubbleView; anchor: DOMRect }>();
  const [reacting, setReacting] = useState<{ view: BubbleView; anchor: DOMRect }>();
  const [deleting, setDeleting] = useState<BubbleView>();
  const closed = known?.closed ?? false;
  const blocked = known?.settings.blocked ?? false;
  const isEmpty = held?.lastSeq === 0 && entries.length === 0;

  const react = (view: BubbleView, emoji: string, set: boolean) => {
    if (view.seq !== undefined && !closed) void parley.react(peerId, view.seq, emoji, set);
  };
  const actions: MessageActions = {
    reply: (view) => writing.begin({ kind: 'reply', view }),
    edit: (view) => writing.begin({ kind: 'edit', view }),
    remove: setDeleting,
    pickReaction: (view) => setReacting(menu && { ...menu, view }),
    report: ({ seq }) => ask({ kind: 'report', peerId, ...(seq !== undefined && { seq }) }),
    react,
  };
  const editLast = () => {
    const view = lastOfMine(held, entries, me);
    if (view) writing.begin({ kind: 'edit', view });
  };
  const doings = { onMenu: (view: BubbleView, anchor: DOMRect) => setMenu({ view, anchor }), onReact: react, onJump: jumping.jump };

  return (
    <div className="relative flex h-full min-w-0">
      <section aria-label={conversation.with(person.name)} className="flex min-w-0 flex-1 flex-col bg-canvas">
        <ConversationHeader person={person} closed={closed} blocked={blocked} />
        {isEmpty || (failed && !held && entries.length === 0) ? (
          <div className="min-h-0 flex-1">
            <Empty icon={failed ? 'wifi' : 'chat'} title={failed ? conversation.loadFailed : conversation.sayHello(person.name)} />
          </div>
        ) : (
          <MessageList
            key={jumping.place ?? 'newest'}
            peerId={peerId}
            peerName={person.name}
            held={held}
            entries={entries}
            firstUnread={firstUnread}
            place={jumping.place}
            arrived={jumping.arrived}
            target={jumping.target}
            doings={doings}
            onNewest={jumping.toNewest}
          />
        )}
        <Announcer held={held} peerName={person.name} />
        <RefusedChanges entries={entries} />
        <TypingLine peerId={peerId} name={person.name} />
        {closed ? (
          <Closed text={conversation.closed} />
        ) : blocked ? (
          <Blocked peerId={peerId} name={person.name} />
        ) : (
          <Composer peerId={peerId} peerName={person.name} writing={writing} onEditLast={editLast} />
        )}
        <Suspense>
          {menu && <MessageMenu {...menu} actions={actions} closed={closed} onClose={() => setMenu(undefined)} />}
          {deleting && (
            <DeleteDialog peerId={peerId} peerName={person.name} view={deleting} closed={closed} onClose={() => setDeleting(undefined)} />
          )}
          {reacting && (
            <EmojiPicker
              anchor={reacting.anchor}
              onPick={(emoji) => react(reacting.view, emoji, true)}
              onClose={() => setReacting(undefined)}
            />
          )}
        </Suspense>
      </section>
      <SidePanel peerId={peerId} onJump={jumping.jump} />
    </div>
  );
}

/** Where the unread began when the conversation was opened: the line stays there for as long as it is looked at. */
function useFirstUnread(peerId: string, asked: number | undefined): number | undefined {
  const { userId } = useMe();
  const known = useAppSelector((state) => state.conversations.byPeer[peerId]);
  const fresh = useAppSelector(({ conversations }) => conversations.fresh);
  const firstNow = known && known.unread > 0 ? (known.marks[userId]?.read ?? 0) + 1 : undefined;
  const [first, setFirst] = useState(asked === undefined ? firstNow : undefined);
  // What an earlier run kept knows nothing of what was written since.
  const [decided, decide] = useState(asked !== undefined || firstNow !== undefined || fresh);
  if (!decided && (firstNow !== undefined || fresh)) {
    decide(true);
    setFirst(firstNow);
  }
  return first;
}

/** Somebody looks at it: what they had marked as unread is read. */
function useUnmarking(peerId: string) {
  const store = useAppStore();
  const { markRead } = useDoings(peerId);
  useEffect(() => {
    const known = store.getState().conversations.byPeer[peerId];
    if (known?.settings.markedUnread) markRead({ ...known, unread: 0 });
  }, [peerId]);
}

function Blocked({ peerId, name }: { peerId: string; name: string }) {
  const { doings: texts } = useTexts();
  const { unblock } = useDoings(peerId);
  return (
    <div className="flex flex-wrap items-center justify-center gap-x-4 gap-y-2 border-t border-line px-6 py-3 text-sm text-soft">
      <p>{texts.blocked(name)}</p>
      <Button look="quiet" onClick={() => void unblock()}>
        {texts.unblock}
      </Button>
    </div>
  );
}

const Closed = ({ text }: { text: string }) => <p className="border-t border-line px-6 py-4 text-center text-sm text-soft">{text}</p>;

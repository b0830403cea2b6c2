import { useAppSelector } from '../../app/hooks.ts';
import { Link } from '../../app/routing.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useRoving } from '../../ui/roving.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { ConversationRow } from './conversation-row.tsx';
import { selectConversations } from './conversations-slice.ts';

export function ConversationList({ archive }: { archive: boolean }) {
  const { list } = useTexts();
  const { current, archived } = useAppSelector(selectConversations);
  const known = useAppSelector(({ conversations }) => conversations.known);
  const roving = useRoving<HTMLUListElement>();
  const shown = archive ? archived : current;
  if (!known) return <SkeletonRows />;
  if (archive && shown.length === 0) return <Empty icon="archive" title={list.archiveEmpty} hint={list.archiveEmptyHint} />;
  return (
    <>
      {!archive && archived.length > 0 && <ToArchive count={archived.length} />}
      {shown.length > 0 ? (
        <ul {...roving} aria-label={archive ? list.archive : list.chats} className="pb-4">
          {shown.map((conversation) => (
            <ConversationRow key={conversation.conversationId} conversation={conversation} section={archive ? 'archive' : 'chats'} />
          ))}
        </ul>
      ) : (
        <Nobody />
      )}
    </>
  );
}

function ToArchive({ count }: { count: number }) {
  const { list } = useTexts();
  return (
    <Link to="/archive" className="mx-2 mb-1 flex items-center gap-3 rounded-xl px-3 py-2 text-sm font-medium text-soft hover:bg-hover">
      <span className="flex w-12 justify-center">
        <Icon name="archive" />
      </span>
      {list.archive}
      <span className="ms-auto text-xs tabular-nums">{count}</span>
    </Link>
  );
}

function Nobody() {
  const { list } = useTexts();
  return (
    <Empty icon="chat" title={list.empty} hint={list.emptyHint}>
      <Link
        to="/people"
        className="inline-flex min-h-10 items-center rounded-xl bg-accent px-4 text-sm font-semibold text-on-accent hover:bg-accent-strong"
      >
        {list.findPeople}
      </Link>
    </Empty>
  );
}

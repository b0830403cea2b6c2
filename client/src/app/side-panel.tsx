import { lazy, Suspense } from 'react';
import { useTexts } from '../texts/texts.tsx';
import { IconButton } from '../ui/button.tsx';
import { usePanel, usePanelDoings, useWayBack } from './panel.ts';

const Details = lazy(() => import('../features/conversations/details.tsx'));
const ConversationSearch = lazy(() => import('../features/search/conversation-search.tsx'));

interface SidePanelProps {
  readonly peerId: string;
  /** Brings a message of the conversation into sight. */
  readonly onJump: (seq: number) => void;
}

/** Beside the conversation where there is room for it, over it where there is not. */
export function SidePanel({ peerId, onJump }: SidePanelProps) {
  const { conversation } = useTexts();
  const { isWide, panel } = usePanel();
  const doings = usePanelDoings();
  useWayBack();
  if (!panel) return null;
  const jump = (seq: number) => {
    if (!isWide) doings.close();
    onJump(seq);
  };
  const title = panel === 'details' ? conversation.details : conversation.search;
  return (
    <aside
      aria-label={title}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.preventDefault();
        doings.close();
      }}
      className={`flex min-h-0 flex-col bg-surface ${isWide ? 'w-[21rem] shrink-0 border-s border-line' : 'absolute inset-0 z-10 animate-rise'}`}
    >
      <header className="flex min-h-16 shrink-0 items-center gap-2 border-b border-line ps-5 pe-2 sm:pe-3">
        <h2 className="min-w-0 flex-1 truncate font-semibold">{title}</h2>
        <IconButton icon="close" label={conversation.closePanel} onClick={doings.close} />
      </header>
      <Suspense>{panel === 'details' ? <Details peerId={peerId} /> : <ConversationSearch peerId={peerId} onJump={jump} />}</Suspense>
    </aside>
  );
}

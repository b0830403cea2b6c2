import { createContext, lazy, type ReactNode, Suspense, use, useCallback, useState } from 'react';

/** What somebody asked for: the menu of a conversation, or one of the questions that it leads to. */
export type Asked =
  | { readonly kind: 'menu'; readonly peerId: string; readonly anchor: DOMRect; readonly inside: boolean }
  | { readonly kind: 'mute'; readonly peerId: string; readonly anchor: DOMRect }
  | { readonly kind: 'block'; readonly peerId: string }
  /** `seq`: the message that is reported; without it, the last of theirs. */
  | { readonly kind: 'report'; readonly peerId: string; readonly seq?: number };

const Ask = createContext<(asked: Asked) => void>(() => {});

/** Opens what can be done about a conversation, from its row, its header, its details or a message. */
export const useAsking = () => use(Ask);

const Answer = lazy(() => import('../features/conversations/conversation-menu.tsx'));

export function ConversationMenus({ children }: { children: ReactNode }) {
  const [asked, setAsked] = useState<Asked>();
  const close = useCallback(() => setAsked(undefined), []);
  return (
    <Ask value={setAsked}>
      {children}
      <Suspense>{asked && <Answer key={`${asked.kind} ${asked.peerId}`} asked={asked} onAsk={setAsked} onClose={close} />}</Suspense>
    </Ask>
  );
}

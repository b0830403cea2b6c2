import type { Conversation } from '@parley/common/contracts';
import { conversationRead } from '../features/conversations/conversations-slice.ts';
import { progressOf } from '../features/messages/bubble-view.ts';
import { selectEntries } from '../features/messages/outbox.ts';
import { plainText } from '../ui/markup.ts';
import type { Progress } from '../ui/ticks.tsx';
import { useAppSelector, useMe } from './hooks.ts';

/** A conversation came by another way than the list. */
export const conversationLearnt = conversationRead;

export type Latest =
  | { readonly kind: 'typing' }
  | { readonly kind: 'draft'; readonly text: string }
  /** Null: it was deleted. */
  | { readonly kind: 'message'; readonly text: string | null; readonly progress?: Progress };

/** What a list says of a conversation in one line. */
export function useLatest({ peerId, preview, marks }: Conversation): Latest {
  const { userId } = useMe();
  const typing = useAppSelector((state) => state.typing[peerId] ?? false);
  const draft = useAppSelector((state) => state.drafts[peerId]);
  const entry = useAppSelector((state) => selectEntries(state, peerId).findLast(({ command }) => command.type === 'send'));
  if (typing) return { kind: 'typing' };
  if (draft) return { kind: 'draft', text: draft };
  if (entry?.command.type === 'send') {
    return { kind: 'message', text: plainText(entry.command.content.text), progress: entry.state === 'refused' ? 'failed' : 'sending' };
  }
  if (!preview) return { kind: 'message', text: '' };
  const mine = preview.senderId === userId && preview.text !== null;
  return {
    kind: 'message',
    text: preview.text && plainText(preview.text),
    ...(mine && { progress: progressOf(preview.seq, marks[peerId]) }),
  };
}

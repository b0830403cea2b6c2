import type { Conversation } from '@parley/common/contracts';
import { FOR_EVER } from '../features/conversations/conversations-slice.ts';
import { useTexts } from '../texts/texts.tsx';
import { useAppStore, useParley } from './hooks.ts';
import { go, pathOf, peerIn, sectionOf } from './routing.tsx';
import { useComplaining, useSay } from './toasts.tsx';

const HOUR_MS = 3_600_000;

/** For how long a conversation is muted; `null`: until it is taken back. */
export const muteTimes = [1, 8, 24, null] as const;
export type MuteTime = (typeof muteTimes)[number];

/** What one can do about a conversation as a whole, wherever it is shown. What did not work says why. */
export function useDoings(peerId: string) {
  const { doings } = useTexts();
  const parley = useParley();
  const store = useAppStore();
  const say = useSay();
  const complain = useComplaining();

  const attempt = async (work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (error) {
      complain(error);
      return false;
    }
  };
  const set = (settings: Partial<Omit<Conversation['settings'], 'blocked'>>) =>
    attempt(() => parley.request('patch', '/api/messages/conversations/:peerId/settings', { peerId, ...settings }));
  const now = () => Date.now() + store.getState().connection.skew;

  const archive = async (archived: boolean) => {
    if (!(await set({ archived }))) return;
    say({ text: archived ? doings.archived : doings.unarchived, action: { label: doings.undo, run: () => void archive(!archived) } });
  };
  const block = (blocked: boolean) => attempt(() => parley.request(blocked ? 'put' : 'delete', '/api/messages/blocks/:peerId', { peerId }));

  return {
    pin: (pinned: boolean) => void set({ pinned }),
    archive: (archived: boolean) => void archive(archived),
    mute: (hours: MuteTime) => void set({ mutedUntil: hours === null ? FOR_EVER : new Date(now() + hours * HOUR_MS).toISOString() }),
    unmute: () => void set({ mutedUntil: null }),
    markUnread() {
      // Open before one's eyes it would be read again at once.
      if (peerIn(location.pathname) === peerId) go(pathOf(sectionOf(location.pathname)));
      void set({ markedUnread: true });
    },
    markRead({ lastSeq, unread, settings }: Conversation) {
      if (unread > 0) void parley.read(peerId, lastSeq);
      else if (settings.markedUnread) void set({ markedUnread: false });
    },
    block: () => block(true),
    unblock: () => block(false),
    /** Resolves with whether it reached the operator. */
    report: (seq: number, note: string) =>
      attempt(() => parley.request('post', '/api/messages/conversations/:peerId/reports', { peerId, seq, note })),
  };
}

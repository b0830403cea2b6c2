import { selectUnread, selectWaiting } from '../features/conversations/conversations-slice.ts';
import { useAppSelector } from './hooks.ts';
import { useNow } from './when.ts';

/** How many messages wait that may speak up: a conversation that is muted now is not among them. */
export function useUnread(): number {
  const now = useNow();
  return useAppSelector((state) => selectUnread(state, now));
}

/** How many things the inbox holds that nobody looked at: conversations, and events of the account. */
export function useWaiting(): number {
  const now = useNow();
  const conversations = useAppSelector((state) => selectWaiting(state, now));
  const account = useAppSelector(({ notifications }) => notifications.account);
  return conversations + account;
}

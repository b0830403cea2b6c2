import { selectConversations } from '../features/conversations/conversations-slice.ts';
import { hasBeginnings, wordsOf } from '../ui/highlight.tsx';
import { useAppSelector } from './hooks.ts';

/** Those of my conversations whose person has a name with words that begin so, as the list has them; all of them where nothing is asked. */
export function useMatchingPeers(query: string): readonly string[] {
  const { current, archived } = useAppSelector(selectConversations);
  const profiles = useAppSelector(({ people }) => people.profiles);
  const asked = wordsOf(query);
  return [...current, ...archived]
    .map(({ peerId }) => peerId)
    .filter((peerId) => {
      const { displayName = '', userName = '' } = profiles[peerId] ?? {};
      return hasBeginnings(`${displayName} ${userName}`, asked);
    });
}

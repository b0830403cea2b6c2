import { type KnownProfile, peopleMet, selectPresence, selectProfile } from '../features/people/people-slice.ts';
import { useTexts } from '../texts/texts.tsx';
import { useAppSelector } from './hooks.ts';
import { useWhen } from './when.ts';

/** Somebody's profile came by another way than the list of people. */
export const peopleLearnt = peopleMet;

export interface ShownPerson {
  readonly userId: string;
  readonly profile: KnownProfile | undefined;
  readonly name: string;
  readonly pictureId: string | null;
  readonly online: boolean;
  readonly lastSeenAt: string | null;
  readonly known: boolean;
}

/** How a person appears just now, wherever they are shown. `gone`: their account was deleted. */
export function usePerson(userId: string, gone = false): ShownPerson {
  const { conversation, list } = useTexts();
  const profile = useAppSelector((state) => selectProfile(state, userId));
  const presence = useAppSelector((state) => selectPresence(state, userId));
  return {
    userId,
    profile,
    name: profile?.displayName ?? (gone ? conversation.gone : list.someone),
    pictureId: gone ? null : (profile?.pictureId ?? null),
    online: !gone && presence.state === 'online',
    lastSeenAt: presence.lastSeenAt,
    known: presence.state !== 'unknown',
  };
}

/** Whether they are here, in words. */
export function usePresenceText({ online, lastSeenAt, known }: ShownPerson): string {
  const { presence } = useTexts();
  const when = useWhen();
  if (online) return presence.online;
  if (!known) return presence.unknown;
  return lastSeenAt ? presence.lastSeen(when.lastSeen(lastSeenAt)) : presence.offline;
}

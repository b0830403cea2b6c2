import type { Entry } from '@parley/client-library';
import type { UnknownAction } from '@reduxjs/toolkit';
import { remembered } from '../../app/remembered.ts';
import { forgotten, told } from '../../app/told.ts';

type State = Readonly<Record<string, Entry>>;

/** What I did that the store has not answered yet, by clientId. */
export function outbox(state: State = {}, action: UnknownAction): State {
  if (forgotten.match(action)) return {};
  if (!told.outbox.match(action)) return state;
  const { clientIds, entries } = action.payload;
  const next = { ...state };
  for (const [index, clientId] of clientIds.entries()) {
    const entry = entries[index];
    if (entry) next[clientId] = entry;
    else delete next[clientId];
  }
  return next;
}

const none: readonly Entry[] = [];

/** By the other person, each in the order of writing: a clientId sorts by the time it was made. */
export const selectEntriesByPeer = remembered(
  ({ outbox }: { outbox: State }) => outbox,
  (entries) => {
    const inOrder = Object.keys(entries)
      .sort()
      .flatMap((clientId) => entries[clientId] ?? []);
    return Object.groupBy(inOrder, ({ command }) => command.to);
  },
);

export const selectEntries = (state: { outbox: State }, peerId: string): readonly Entry[] => selectEntriesByPeer(state)[peerId] ?? none;

import { newer } from '@parley/client-library';
import type { Conversation, Settings } from '@parley/common/contracts';
import { createSlice, type PayloadAction } from '@reduxjs/toolkit';
import { remembered } from '../../app/remembered.ts';
import { forgotten, frame, told } from '../../app/told.ts';

interface State {
  readonly byPeer: Readonly<Record<string, Conversation>>;
  /** The list was read at least once, now or in an earlier run. */
  readonly known: boolean;
  /** It was read now: what an earlier run kept may say less. */
  readonly fresh: boolean;
}

const initialState: State = { byPeer: {}, known: false, fresh: false };

/** Of two tellings of one conversation each of its halves is taken from where it is further. */
const taken = (byPeer: State['byPeer'], told: readonly Conversation[]) => ({
  ...byPeer,
  ...Object.fromEntries(told.map((conversation) => [conversation.peerId, newer(byPeer[conversation.peerId], conversation)])),
});

export const conversationsSlice = createSlice({
  name: 'conversations',
  initialState,
  reducers: {
    listKnown: (state, _action: PayloadAction<undefined>) => ({ ...state, known: true, fresh: true }),
    /** One that the list leaves out, because nothing was said there yet. */
    conversationRead: (state, { payload }: PayloadAction<Conversation>) => ({ ...state, byPeer: taken(state.byPeer, [payload]) }),
  },
  extraReducers: (builder) =>
    builder
      .addCase(told.list, (state, { payload }) => ({ ...state, byPeer: taken(state.byPeer, payload.conversations), known: true }))
      .addCase(frame.settings, (state, { payload: { peerId, settings, settingsVersion } }) => {
        const held = state.byPeer[peerId];
        return held && settingsVersion > held.settingsVersion
          ? { ...state, byPeer: { ...state.byPeer, [peerId]: { ...held, settings, settingsVersion } } }
          : state;
      })
      .addCase(forgotten, () => initialState),
});

export const { listKnown, conversationRead } = conversationsSlice.actions;

/** Far enough ahead to mean: until it is taken back. */
export const FOR_EVER = '9999-12-31T23:59:59.999Z';
export const isMuted = ({ mutedUntil }: Settings, now: number) => mutedUntil !== null && Date.parse(mutedUntil) > now;

const byActivity = (one: Conversation, other: Conversation) =>
  Number(other.settings.pinned) - Number(one.settings.pinned) || other.lastActivityAt.localeCompare(one.lastActivityAt);

const selectByPeer = ({ conversations }: { conversations: State }) => conversations.byPeer;

/** Pinned first, then by last activity; those that were begun, apart by archive. */
export const selectConversations = remembered(selectByPeer, (byPeer) => {
  const sorted = Object.values(byPeer)
    .filter(({ lastSeq }) => lastSeq > 0)
    .sort(byActivity);
  return { current: sorted.filter(({ settings }) => !settings.archived), archived: sorted.filter(({ settings }) => settings.archived) };
});

/** Conversations with something unread that may speak up. */
export const selectWaiting = (state: { conversations: State }, now: number) =>
  selectConversations(state).current.filter(({ unread, settings }) => unread > 0 && !isMuted(settings, now)).length;

/** Of those that may speak up: what the title and the icon count. */
export const selectUnread = (state: { conversations: State }, now: number) =>
  selectConversations(state).current.reduce(
    (sum, { unread, settings }) => sum + (isMuted(settings, now) ? 0 : unread || Number(settings.markedUnread)),
    0,
  );

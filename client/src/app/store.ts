import { combineReducers, legacy_createStore } from '@reduxjs/toolkit';
import { sessionSlice } from '../features/auth/session-slice.ts';
import { connectionSlice } from '../features/connection/connection-slice.ts';
import { conversationsSlice } from '../features/conversations/conversations-slice.ts';
import { draftsSlice } from '../features/messages/drafts-slice.ts';
import { held } from '../features/messages/held.ts';
import { outbox } from '../features/messages/outbox.ts';
import { typingSlice } from '../features/messages/typing-slice.ts';
import { notificationsSlice } from '../features/notifications/notifications-slice.ts';
import { peopleSlice } from '../features/people/people-slice.ts';
import { preferencesSlice } from '../features/settings/preferences-slice.ts';
import { panelSlice } from './panel-slice.ts';

const reducer = combineReducers({
  session: sessionSlice.reducer,
  connection: connectionSlice.reducer,
  conversations: conversationsSlice.reducer,
  people: peopleSlice.reducer,
  held,
  outbox,
  typing: typingSlice.reducer,
  drafts: draftsSlice.reducer,
  notifications: notificationsSlice.reducer,
  preferences: preferencesSlice.reducer,
  panel: panelSlice.reducer,
});

/** Without middleware: every event is one action, and what is held of a conversation is too large to be walked for checks. */
export const createStore = (preloadedState?: Partial<RootState>) => legacy_createStore(reducer, preloadedState);

export type RootState = ReturnType<typeof reducer>;
export type AppStore = ReturnType<typeof createStore>;
export type AppDispatch = AppStore['dispatch'];

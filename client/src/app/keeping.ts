import { draftsRestored } from '../features/messages/drafts-slice.ts';
import { kept } from './kept.ts';
import type { AppStore } from './store.ts';

/** Keeps across reloads what is small and must not wait for a database: preferences and drafts. */
export function keep(store: AppStore) {
  let last = store.getState();
  store.subscribe(() => {
    const state = store.getState();
    if (state.preferences !== last.preferences) kept.keepPreferences(state.preferences);
    if (state.drafts !== last.drafts && state.session.at === 'signed-in') keepDrafts(state.session.me.userId, last.drafts, state.drafts);
    last = state;
  });
  kept.onDraftsChanged((userId, drafts) => {
    const { session } = store.getState();
    if (session.at === 'signed-in' && session.me.userId === userId) store.dispatch(draftsRestored(drafts));
  });
}

type Drafts = Readonly<Record<string, string>>;

/** Only what changed here: another tab may have kept the beginning of something else meanwhile. */
function keepDrafts(userId: string, before: Drafts, now: Drafts) {
  const drafts = { ...kept.read(userId, 'drafts') };
  for (const peerId of new Set([...Object.keys(before), ...Object.keys(now)])) {
    if (before[peerId] === now[peerId]) continue;
    const text = now[peerId];
    if (text === undefined) delete drafts[peerId];
    else drafts[peerId] = text;
  }
  kept.keep(userId, 'drafts', drafts);
}

import type { Notice } from '@parley/common/contracts';
import { useEffect } from 'react';
import { dealtWith, isQuiet, settingsRead } from '../features/notifications/notifications-slice.ts';
import { useTexts } from '../texts/texts.tsx';
import { useAppSelector, useAppStore, useParley } from './hooks.ts';
import { go, pathWith, peerIn } from './routing.tsx';

const LOOKED_AT = 'parley-looked-at';

const isLookedAt = () => document.visibilityState === 'visible' && document.hasFocus();

/** Speaks up for what comes while nobody looks: a sound, and a notification of the browser where it was allowed. */
export function useNotifying() {
  const store = useAppStore();
  const texts = useTexts();
  const came = useAppSelector(({ notifications }) => notifications.came);
  useSayingLookedAt();
  useReadingSettings();
  useEffect(() => {
    if (came.length === 0) return;
    store.dispatch(dealtWith());
    void (async () => {
      const { alertOf, withdraw } = await import('../features/notifications/speaking-up.ts');
      const { notifications, preferences, connection, people } = store.getState();
      for (const notice of came) if (!notice.notify) void withdraw(notice.conversationId);
      if (isQuiet(notifications, Date.now() + connection.skew) || (await isLookedAtElsewhere())) return;
      for (const notice of came.filter(({ notify }) => notify)) {
        const { peerId, conversationId, version, preview } = notice;
        if (isBeforeMe(notice)) continue;
        const { displayName = texts.list.someone, pictureId = null } = people.profiles[peerId] ?? {};
        const show = !isLookedAt() && preferences.alerts === 'on' && Notification.permission === 'granted';
        const picture = pictureId === null ? undefined : `/api/users/${peerId}/picture/${pictureId}`;
        const alert = { conversationId, peerId, version, name: displayName, text: preview?.text ?? '', picture };
        alertOf({ ...alert, onOpen: () => go(pathWith(peerId)) }, { show, sound: preferences.sound });
      }
    })();
  }, [came, store, texts]);
}

const isBeforeMe = ({ peerId }: Notice) => isLookedAt() && peerIn(location.pathname) === peerId;

/** A tab that is looked at holds this, so that the ones behind it stay quiet. */
function useSayingLookedAt() {
  useEffect(() => {
    if (!navigator.locks) return;
    let release: (() => void) | undefined;
    const update = () => {
      if (!isLookedAt()) {
        release?.();
        release = undefined;
      } else if (!release) {
        const held = new Promise<void>((resolve) => {
          release = resolve;
        });
        void navigator.locks.request(LOOKED_AT, { mode: 'shared' }, () => held);
      }
    };
    const events = ['focus', 'blur', 'visibilitychange'] as const;
    update();
    for (const event of events) addEventListener(event, update, true);
    return () => {
      for (const event of events) removeEventListener(event, update, true);
      release?.();
    };
  }, []);
}

async function isLookedAtElsewhere(): Promise<boolean> {
  if (isLookedAt() || !navigator.locks) return false;
  const { held = [] } = await navigator.locks.query();
  return held.some(({ name }) => name === LOOKED_AT);
}

/** Frames tell what changes; what holds is asked for with each connection. */
function useReadingSettings() {
  const parley = useParley();
  const store = useAppStore();
  const connected = useAppSelector(({ connection }) => connection.notifications.at === 'open');
  useEffect(() => {
    if (!connected) return;
    const heard = store.getState().notifications.settingsHeard;
    parley.request('get', '/api/notifications/settings', {}).then(
      (settings) => void store.dispatch(settingsRead({ settings, heard })),
      () => {},
    );
  }, [parley, store, connected]);
}

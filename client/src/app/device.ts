import { alone, createParley, type Parley, type ParleyEvent, type Socket } from '@parley/client-library';
import type { Me } from '@parley/common/contracts';
import { limits } from '@parley/common/contracts/limits';
import { savingFailed } from '../features/connection/connection-slice.ts';
import { typingFaded } from '../features/messages/typing-slice.ts';
import { browserTabs } from './browser-tabs.ts';
import { browser } from './requests.ts';
import { openStorage } from './storage.ts';
import type { AppStore } from './store.ts';
import { actionOf, told } from './told.ts';

export interface Device {
  readonly parley: Parley;
  /** Ends what runs; what is kept stays kept. */
  close(): Promise<void>;
  /** Everything of this account on this device, gone; `keepUnsent`: all but what was written and never sent. */
  erase(options: { keepUnsent: boolean }): Promise<void>;
}

/** This browser as one device of one person: the client library, its database, and what it tells to the store. */
export async function openDevice(me: Me, store: AppStore, onSessionEnd: () => void): Promise<Device> {
  const { kept, lasting, close } = await openStorage(me.userId);
  if (!lasting) store.dispatch(savingFailed(undefined));
  const fading = fadeTyping(store);
  const onEvent = (event: ParleyEvent) => {
    if (event.kind === 'session-ended') return onSessionEnd();
    if (event.kind === 'failure') return void (isStorageFailure(event.error) && store.dispatch(savingFailed(undefined)));
    store.dispatch(actionOf(event));
    if (event.kind === 'typing') fading.heard(event.peerId, event.active);
  };
  const tabs = lasting ? browserTabs(me.userId) : alone();
  const parley = await createParley({ ...browser, me, store: kept, tabs, isVisible, openSocket, onEvent });
  const entries = parley.outbox.entries();
  store.dispatch(told.outbox({ kind: 'outbox', entries, clientIds: entries.map(({ command }) => command.clientId) }));
  const conversations = parley.list.all();
  if (conversations.length > 0) store.dispatch(told.list({ kind: 'list', conversations }));
  const stopWaking = wakeWithPage(parley);

  return {
    parley,
    async close() {
      stopWaking();
      fading.stop();
      await parley.stop();
      close();
    },
    async erase({ keepUnsent }) {
      await parley.stop();
      await kept.erase({ keepUnsent });
      const { withdrawAll } = await import('../features/notifications/speaking-up.ts');
      await withdrawAll();
    },
  };
}

const isVisible = () => document.visibilityState === 'visible';

const openSocket = (path: string, protocol: string): Socket => {
  const { protocol: scheme, host } = location;
  return new WebSocket(`${scheme === 'https:' ? 'wss' : 'ws'}://${host}${path}`, protocol) as unknown as Socket;
};

const isStorageFailure = (error: unknown) => error instanceof DOMException && error.name !== 'AbortError';

/** Nothing says that somebody has gone away while typing: it is believed for a while. */
function fadeTyping(store: AppStore) {
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  return {
    heard(peerId: string, active: boolean) {
      clearTimeout(timers.get(peerId));
      if (active)
        timers.set(
          peerId,
          setTimeout(() => store.dispatch(typingFaded(peerId)), limits.typingFor * 1000),
        );
    },
    stop: () => timers.forEach((timer) => void clearTimeout(timer)),
  };
}

/** Somebody looks again, or the network is back: no reason to wait any longer. A page that goes says so to the other tabs. */
function wakeWithPage(parley: Parley) {
  const wake = () => {
    if (isVisible()) parley.wake();
  };
  document.addEventListener('visibilitychange', wake);
  document.addEventListener('visibilitychange', parley.sighted);
  addEventListener('online', wake);
  addEventListener('pagehide', parley.leave);
  return () => {
    removeEventListener('pagehide', parley.leave);
    document.removeEventListener('visibilitychange', wake);
    document.removeEventListener('visibilitychange', parley.sighted);
    removeEventListener('online', wake);
  };
}

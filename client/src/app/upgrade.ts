import { newerFound } from '../features/connection/connection-slice.ts';
import { createCalm } from './calm.ts';
import type { AppStore } from './store.ts';

const WORKER = '/service-worker.js';
/** However often there is a reason to look for a newer version. */
const LOOK_EVERY_MS = 60_000;
const LOOK_AT_LEAST_EVERY_MS = 60 * 60_000;
/** A newer version that is not here by then is not there. */
const FETCH_WITHIN_MS = 15_000;
/** From then on the newer page does not wait for its worker to be in charge. */
const TAKE_OVER_WITHIN_MS = 3_000;
/** Set while the page loads anew: it comes as the newer one, and its worker follows. */
const AHEAD = 'parley-page-ahead';

/**
 * The page on this device, and its successor. A newer version is fetched beside the one that runs and takes its place when
 * nobody would notice, or when somebody asks for it; drafts and outbox are kept on the device and outlive it.
 */
export function keepUpToDate(store: AppStore) {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return { load: () => location.reload() };
  const calm = createCalm(store);
  const began = Boolean(serviceWorker.controller);
  let registration: ServiceWorkerRegistration | undefined;
  let lookedAt = Date.now();
  let waiting = false;

  /** Another tab asked first: the newer version is in charge, and this page is the older one. */
  let superseded = false;
  let ahead = sessionStorage.getItem(AHEAD) !== null;
  sessionStorage.removeItem(AHEAD);
  let asked = false;
  const takeOver = () => {
    if (!registration?.waiting) return location.reload();
    asked = true;
    registration.waiting.postMessage('take-over');
    // Chromium waits for the version before to have nothing to do, and forgets that it does when a request of the page starts
    // that one at the same moment: then minutes pass. The newer page is there for whoever loads it, though (shell.lend).
    setTimeout(() => {
      sessionStorage.setItem(AHEAD, '');
      location.reload();
    }, TAKE_OVER_WITHIN_MS);
  };
  const found = () => {
    if (waiting) return;
    waiting = true;
    store.dispatch(newerFound(undefined));
    calm.whenCalm(takeOver);
  };
  const look = async (least = LOOK_EVERY_MS) => {
    if (!registration || Date.now() - lookedAt < least) return;
    lookedAt = Date.now();
    await registration.update().catch(() => {});
  };

  serviceWorker.addEventListener('controllerchange', () => {
    // The first worker of all takes over a page of its own version, and so does the one that this page was ahead of.
    const isOfThis = ahead || (!began && !waiting);
    ahead = false;
    if (isOfThis && !asked) return;
    superseded = true;
    if (asked || document.visibilityState === 'hidden') location.reload();
    else found();
  });
  void serviceWorker
    .register(trusted(WORKER), { updateViaCache: 'none' })
    .then((registered) => {
      registration = registered;
      ahead &&= registered.waiting !== null;
      const watch = () => {
        const { installing } = registered;
        installing?.addEventListener('statechange', () => installing.state === 'installed' && serviceWorker.controller && found());
      };
      registered.addEventListener('updatefound', watch);
      watch();
      if (registered.waiting && serviceWorker.controller && !ahead) found();
    })
    .catch(() => {});

  setInterval(() => void look(), LOOK_AT_LEAST_EVERY_MS);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && void look());
  let last = store.getState().connection.chat;
  store.subscribe(() => {
    const { chat } = store.getState().connection;
    if (chat === last) return;
    last = chat;
    // A server that was away may have come back as a newer one; one that will not have us back may be newer.
    if (chat.at === 'open') void look();
    else if (chat.at === 'ended') void look(0);
  });

  return {
    /** Somebody asks for the newer version now. */
    async load() {
      // The one that is here already is newer than this, whatever else there may be; and who looks may wait for long.
      if (registration?.waiting || superseded) return takeOver();
      let looking = true;
      void look(0).finally(() => (looking = false));
      for (const deadline = Date.now() + FETCH_WITHIN_MS; (looking || registration?.installing) && Date.now() < deadline; ) {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      if (registration?.waiting) return takeOver();
      // There is none beside this one, and yet it is too old: whatever the server has is better.
      await registration?.unregister();
      location.reload();
    },
  };
}

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

/** Scripts come from the page and from here; under Trusted Types no other address can become one. */
function trusted(url: typeof WORKER): string {
  const { trustedTypes } = globalThis as unknown as { trustedTypes?: TrustedTypes };
  return trustedTypes?.createPolicy('parley', { createScriptURL: () => url }).createScriptURL(url) ?? url;
}

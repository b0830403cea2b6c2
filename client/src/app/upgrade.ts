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

/** As src/worker/shell.ts has them, which the page can't import: a worker is one file. */
const LENT = 'parley-lent';
const PAGE = '/index.html';

/** When the page may be loaded anew. */
type Moment = (then: () => void) => void;
const atOnce: Moment = (then) => then();

/**
 * The page on this device, and its successor. A newer version is fetched beside the one that runs and takes its place when
 * nobody would notice, or when somebody asks for it; drafts and outbox are kept on the device and outlive it.
 */
export function keepUpToDate(store: AppStore) {
  const { serviceWorker } = navigator;
  const reload = () => location.reload();
  if (!serviceWorker) return { load: reload };
  const calm = createCalm(store);
  /** No version was here before this one. */
  let first = !serviceWorker.controller;
  let ahead = sessionStorage.getItem(AHEAD) !== null;
  sessionStorage.removeItem(AHEAD);
  let registration: ServiceWorkerRegistration | undefined;
  let lookedAt = Date.now();
  let isFound = false;
  /** The newer version is in charge, for another tab asked first, and this page is the older one. */
  let superseded = false;

  let asked: Moment | undefined;
  const takeOver = (when: Moment) => {
    if (!registration?.waiting) return when(reload);
    asked = when;
    registration.waiting.postMessage('take-over');
    // Chromium waits for the version before to have nothing to do, and forgets that it does when a request of the page starts
    // that one at the same moment: then minutes pass. The newer page is lent to whoever loads it meanwhile.
    setTimeout(async () => {
      if (!(await caches.has(LENT))) return;
      asked?.(() => {
        sessionStorage.setItem(AHEAD, '');
        reload();
      });
    }, TAKE_OVER_WITHIN_MS);
  };
  const found = () => {
    ahead = false;
    if (isFound) return;
    isFound = true;
    store.dispatch(newerFound(undefined));
    calm.whenCalm(() => takeOver(calm.whenCalm));
  };
  const look = async (least = LOOK_EVERY_MS) => {
    if (!registration || (least > 0 && Date.now() - lookedAt < least)) return;
    lookedAt = Date.now();
    await registration.update().catch(() => {});
  };

  serviceWorker.addEventListener('controllerchange', () => {
    // The first worker of all takes over a page of its own version, and so does the one that this page was ahead of.
    const isOfThis = ahead || (first && !isFound);
    [ahead, first] = [false, false];
    if (isOfThis && !asked) return;
    superseded = true;
    if (asked) asked(reload);
    else found();
  });
  void serviceWorker
    .register(trusted(WORKER), { updateViaCache: 'none' })
    .then((registered) => {
      registration = registered;
      // A page that somebody loaded past all caches has no worker either.
      first &&= registered.active?.state !== 'activated';
      ahead &&= registered.waiting !== null || registered.active?.state === 'activating';
      const watch = () => {
        const { installing } = registered;
        installing?.addEventListener('statechange', () => installing.state === 'installed' && registered.active && found());
      };
      registered.addEventListener('updatefound', watch);
      watch();
      if (registered.waiting && registered.active && !ahead) found();
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
      if (registration?.waiting || superseded) return takeOver(atOnce);
      let looking = true;
      void look(0).finally(() => (looking = false));
      for (const deadline = Date.now() + FETCH_WITHIN_MS; (looking || registration?.installing) && Date.now() < deadline; ) {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      if (registration?.waiting) return takeOver(atOnce);
      // There is none beside this one, and yet it is too old: whatever page the server has is better.
      const page = await fetch('/', { cache: 'no-cache', signal: AbortSignal.timeout(FETCH_WITHIN_MS) }).catch(() => undefined);
      if (page?.ok) await (await caches.open(LENT)).put(PAGE, page).catch(() => {});
      reload();
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

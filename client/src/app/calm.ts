import type { AppStore } from './store.ts';

/** Nobody has touched the page for so long that nobody is about to. */
const IDLE_MS = 60_000;
const CHECK_EVERY_MS = 5_000;

const signs = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart', 'focus'] as const;

/** Moments when the page may be loaded anew without anybody noticing. */
export function createCalm(store: AppStore) {
  let touchedAt = Date.now();
  for (const sign of signs) addEventListener(sign, () => (touchedAt = Date.now()), { passive: true, capture: true });

  /** Somebody is in the middle of a text, or what they wrote is on its way to the disk. */
  const isWriting = () => {
    const { activeElement } = document;
    const isField = activeElement instanceof HTMLTextAreaElement || activeElement instanceof HTMLInputElement;
    const isSaving = Object.values(store.getState().outbox).some(({ state }) => state === 'saving');
    return isSaving || (isField && activeElement.value !== '');
  };
  const isCalm = () => !isWriting() && (document.visibilityState === 'hidden' || Date.now() - touchedAt > IDLE_MS);

  return {
    /** Calls back once, at the first calm moment from now on. */
    whenCalm(then: () => void) {
      const look = () => {
        if (!isCalm()) return;
        clearInterval(timer);
        document.removeEventListener('visibilitychange', look);
        then();
      };
      const timer = setInterval(look, CHECK_EVERY_MS);
      document.addEventListener('visibilitychange', look);
      look();
    },
  };
}

import { lazy, Suspense, useEffect, useState } from 'react';
import { selectConversations } from '../features/conversations/conversations-slice.ts';
import { preloadTexts } from '../texts/texts.tsx';
import { useAppStore } from './hooks.ts';
import { usePanelDoings } from './panel.ts';
import { go, pathWith, peerIn } from './routing.tsx';
import type { AppStore } from './store.ts';

const loadSwitcher = () => import('../features/search/switcher.tsx');
const Switcher = lazy(loadSwitcher);
const Sheet = lazy(() => import('./shortcut-sheet.tsx'));

type Open = 'switcher' | 'sheet';

/** What the keys do wherever one is, none of them without Ctrl or Alt; what a list or a field does with them is its own. */
export function Shortcuts() {
  const store = useAppStore();
  const panel = usePanelDoings();
  const [open, setOpen] = useState<Open>();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const ctrl = event.ctrlKey || event.metaKey;
      // What is typed right behind the shortcut should find its field.
      if (ctrl) {
        void loadSwitcher();
        preloadTexts();
      }
      const key = event.key.toLowerCase();
      const act = () => {
        if (ctrl && !event.shiftKey && key === 'k') return setOpen((was) => (was === 'switcher' ? undefined : 'switcher'));
        if (ctrl && key === '/') return setOpen('sheet');
        if (ctrl && key === ',') return go('/settings');
        if (ctrl && event.shiftKey && key === 'f' && peerIn(location.pathname)) return panel.open('search');
        if (event.altKey && !ctrl && (key === 'arrowdown' || key === 'arrowup')) return toNeighbour(store, key === 'arrowdown' ? 1 : -1);
        return false;
      };
      if (!event.defaultPrevented && act() !== false) event.preventDefault();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [store, panel.open]);
  const close = () => setOpen(undefined);
  return (
    <Suspense>
      {open === 'switcher' && <Switcher onClose={close} />}
      {open === 'sheet' && <Sheet onClose={close} />}
    </Suspense>
  );
}

/** The conversation above or below in the list. */
function toNeighbour(store: AppStore, step: number) {
  const { current } = selectConversations(store.getState());
  if (current.length === 0) return;
  const at = current.findIndex(({ peerId }) => peerId === peerIn(location.pathname));
  const next = current[at < 0 ? 0 : (at + step + current.length) % current.length];
  if (next) go(pathWith(next.peerId));
}

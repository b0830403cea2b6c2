import { useLayoutEffect, useSyncExternalStore } from 'react';
import { preferred } from '../features/settings/preferences-slice.ts';
import { useAppDispatch, useAppSelector, useAppStore } from './hooks.ts';
import { type Panel, panelAsked } from './panel-slice.ts';

/** Room for three beside each other. */
const wide = matchMedia('(min-width: 80rem)');
const onWidth = (listener: () => void) => {
  wide.addEventListener('change', listener);
  return () => wide.removeEventListener('change', listener);
};

/** Where there is room the details stay, from one conversation to the next, until they are closed. */
export function usePanel() {
  const isWide = useSyncExternalStore(onWidth, () => wide.matches);
  const asked = useAppSelector((state) => state.panel.asked);
  const details = useAppSelector(({ preferences }) => preferences.details);
  return { isWide, panel: asked ?? (isWide && details ? 'details' : undefined) };
}

/** Where it covers everything it is a place of its own: the way back leads out of it. */
const covering = (): Panel | undefined => (history.state as { panel?: Panel } | null)?.panel;

/** The way back, and forward again; what was asked for in the conversation before is over. */
export function useWayBack() {
  const dispatch = useAppDispatch();
  useLayoutEffect(() => {
    const follow = () => void dispatch(panelAsked(covering()));
    follow();
    addEventListener('popstate', follow);
    return () => removeEventListener('popstate', follow);
  }, [dispatch]);
}

export function usePanelDoings() {
  const dispatch = useAppDispatch();
  const store = useAppStore();
  const keepDetails = (details: boolean) => void (wide.matches && dispatch(preferred({ details })));
  const shown = () => store.getState().panel.asked ?? (wide.matches && store.getState().preferences.details ? 'details' : undefined);
  return {
    open(panel: Panel) {
      if (panel === 'details') keepDetails(true);
      if (!wide.matches) history[covering() ? 'replaceState' : 'pushState']({ panel }, '');
      dispatch(panelAsked(panel === 'details' && wide.matches ? undefined : panel));
    },
    close() {
      if (shown() === 'details') keepDetails(false);
      if (covering()) history.back();
      else dispatch(panelAsked(undefined));
    },
    toggleDetails() {
      if (shown() === 'details') this.close();
      else this.open('details');
    },
  };
}

import { useSyncExternalStore } from 'react';
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

export function usePanelDoings() {
  const dispatch = useAppDispatch();
  const store = useAppStore();
  const keepDetails = (details: boolean) => void (wide.matches && dispatch(preferred({ details })));
  const shown = () => store.getState().panel.asked ?? (wide.matches && store.getState().preferences.details ? 'details' : undefined);
  return {
    open(panel: Panel) {
      if (panel === 'details') keepDetails(true);
      dispatch(panelAsked(panel === 'details' && wide.matches ? undefined : panel));
    },
    close() {
      if (shown() === 'details') keepDetails(false);
      dispatch(panelAsked(undefined));
    },
    toggleDetails() {
      if (shown() === 'details') this.close();
      else this.open('details');
    },
    /** Another conversation is opened: what was asked for of the one before is over. */
    leave: () => dispatch(panelAsked(undefined)),
  };
}

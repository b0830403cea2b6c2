import type { Parley } from '@parley/client-library';
import type { Me } from '@parley/common/contracts';
import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Session } from './session.ts';
import type { AppDispatch, AppStore, RootState } from './store.ts';

export const StoreContext = createContext<AppStore | undefined>(undefined);

export function useAppStore(): AppStore {
  const store = useContext(StoreContext);
  if (!store) throw new Error('there is no store above');
  return store;
}

export const useAppDispatch = (): AppDispatch => useAppStore().dispatch;

/** What is selected has to be the same value for as long as the state is. */
export function useAppSelector<T>(select: (state: RootState) => T): T {
  const store = useAppStore();
  return useSyncExternalStore(store.subscribe, () => select(store.getState()));
}

export const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('there is no session above');
  return session;
}

/** This browser's device; only below the screens of somebody who is signed in. */
export function useParley(): Parley {
  const device = useSession().device();
  if (!device) throw new Error('nobody is signed in');
  return device.parley;
}

export function useMe(): Me {
  const session = useSession();
  const state = useAppSelector((root) => root.session);
  const me = state.at === 'signed-in' ? state.me : session.me();
  if (!me) throw new Error('nobody is signed in');
  return me;
}

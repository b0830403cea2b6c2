import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { Crash } from './app/crash.tsx';
import { SessionContext, StoreContext } from './app/hooks.ts';
import { keep } from './app/keeping.ts';
import { kept } from './app/kept.ts';
import { Preferring } from './app/preferring.tsx';
import { Routing } from './app/routing.tsx';
import { createSession } from './app/session.ts';
import { createStore } from './app/store.ts';
import { preferred } from './features/settings/preferences-slice.ts';
import './theme.css';

const store = createStore();
store.dispatch(preferred(kept.preferences() ?? { language: navigator.language.startsWith('de') ? 'de' : 'en' }));
keep(store);
// The first screen does not wait for what keeps the page on this device.
const upgrading = import('./app/upgrade.ts').then(({ keepUpToDate }) => keepUpToDate(store));
const session = createSession(store, () => void upgrading.then(({ load }) => load()));
void session.start();

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <StoreContext value={store}>
      <SessionContext value={session}>
        <Preferring>
          <Crash>
            <Routing>
              <App />
            </Routing>
          </Crash>
        </Preferring>
      </SessionContext>
    </StoreContext>
  </StrictMode>,
);

import { lazy, Suspense } from 'react';
import { Crashed } from './crash.tsx';
import { useAppSelector } from './hooks.ts';

// What the first screen does not need is loaded when its own screen is.
const Guest = lazy(() => import('../features/auth/guest.tsx'));
const SignedIn = lazy(async () => ({ default: (await import('./account.ts')).SignedIn }));

export function App() {
  const at = useAppSelector(({ session }) => session.at);
  if (at === 'starting') return null;
  if (at === 'failed') return <Crashed />;
  return <Suspense>{at === 'guest' ? <Guest /> : <SignedIn />}</Suspense>;
}

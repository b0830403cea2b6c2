import { RequestError } from '@parley/client-library';
import { createContext, type ReactNode, use, useCallback, useEffect, useRef, useState } from 'react';
import { useReasonOf } from '../texts/texts.tsx';
import { Toast } from '../ui/toast.tsx';

export interface Said {
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void };
}

/** So long it stands; longer where there is something to press. */
const STANDS_MS = 6_000;
const STANDS_WITH_ACTION_MS = 8_000;

const Say = createContext<(said: Said) => void>(() => {});

/** Says in passing what became of something, wherever on the page it was done. */
export const useSay = () => use(Say);

/** Says why something did not work. */
export function useComplaining() {
  const say = useSay();
  const reasonOf = useReasonOf();
  return (error: unknown) => void reasonOf(error instanceof RequestError ? error.code : undefined).then((text) => say({ text }));
}

export function Toasts({ children }: { children: ReactNode }) {
  const [said, setSaid] = useState<Said & { id: number }>();
  const id = useRef(0);
  const say = useCallback((next: Said) => {
    id.current += 1;
    setSaid({ ...next, id: id.current });
  }, []);
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => setSaid(undefined), said.action ? STANDS_WITH_ACTION_MS : STANDS_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const action = said?.action && {
    label: said.action.label,
    run() {
      said.action?.run();
      setSaid(undefined);
    },
  };
  return (
    <Say value={say}>
      {children}
      <div
        role="status"
        className="pointer-events-none fixed inset-x-4 bottom-20 z-20 flex justify-center md:inset-x-auto md:start-4 md:bottom-4 md:justify-start"
      >
        {said && <Toast key={said.id} text={said.text} action={action} />}
      </div>
    </Say>
  );
}

import { useEffect, useState } from 'react';
import { useParley } from '../../app/hooks.ts';

/** So long has something to stay on the screen before it counts as read. */
const SEEN_MS = 150;

/** Somebody looks at this page, as far as a page can tell. */
export function useLookedAt(): boolean {
  const look = () => document.visibilityState === 'visible' && document.hasFocus();
  const [looked, setLooked] = useState(look);
  useEffect(() => {
    const update = () => setLooked(look());
    const events = ['focus', 'blur', 'visibilitychange'] as const;
    for (const event of events) addEventListener(event, update, true);
    return () => {
      for (const event of events) removeEventListener(event, update, true);
    };
  }, []);
  return looked;
}

/** Says that everything up to a message of theirs was read, once it was seen. */
export function useReading(peerId: string, seenSeq: number, readSeq: number) {
  const parley = useParley();
  const looked = useLookedAt();
  useEffect(() => {
    if (!looked || seenSeq <= readSeq) return;
    const timer = setTimeout(() => void parley.read(peerId, seenSeq), SEEN_MS);
    return () => clearTimeout(timer);
  }, [parley, peerId, looked, seenSeq, readSeq]);
}

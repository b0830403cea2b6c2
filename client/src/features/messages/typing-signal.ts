import { limits } from '@parley/common/contracts/limits';
import { useEffect, useRef } from 'react';
import { useParley } from '../../app/hooks.ts';

/** Says that I am typing, no more often than anybody is told, and that I stopped. */
export function useTypingSignal(peerId: string) {
  const parley = useParley();
  const saidAt = useRef(0);
  const stop = () => {
    if (saidAt.current === 0) return;
    saidAt.current = 0;
    parley.typing(peerId, false);
  };
  useEffect(() => stop, [parley, peerId]);
  return {
    typed() {
      if (Date.now() - saidAt.current < limits.typingEvery * 1000) return;
      saidAt.current = Date.now();
      parley.typing(peerId, true);
    },
    stop,
  };
}

import type { Held } from '@parley/client-library';
import { useRef } from 'react';
import { useTexts } from '../../texts/texts.tsx';

/** Reads out what comes while the conversation is open, to whoever listens instead of looking. */
export function Announcer({ held, peerName }: { held: Held | undefined; peerName: string }) {
  const { conversation } = useTexts();
  const opened = useRef<number>(undefined);
  if (held) opened.current ??= held.lastPeerSeq;
  const isNew = held && held.lastPeerSeq > (opened.current ?? 0);
  // Taken from what is held, so that a message that is taken back is gone here too.
  const text = isNew ? held.messages.get(held.lastPeerSeq)?.content?.text : undefined;
  return (
    <div role="status" aria-live="polite" className="sr-only">
      {/* Said twice in the same words it is another message, and read out again. */}
      {text && <span key={held?.lastPeerSeq}>{conversation.from(peerName, text)}</span>}
    </div>
  );
}

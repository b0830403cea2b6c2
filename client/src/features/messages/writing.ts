import { useState } from 'react';
import { useParley } from '../../app/hooks.ts';
import type { BubbleView } from './bubble-view.ts';

/** What the composer is about: something new, an answer to a message, or a message that is being changed. */
export type Writing =
  | { readonly kind: 'new' }
  | { readonly kind: 'reply'; readonly view: BubbleView }
  | { readonly kind: 'edit'; readonly view: BubbleView };

export const writingNew: Writing = { kind: 'new' };

/** Takes what was written to where it belongs. */
export function useWriting(peerId: string) {
  const parley = useParley();
  const [writing, setWriting] = useState<Writing>(writingNew);
  return {
    writing,
    begin: setWriting,
    end: () => setWriting(writingNew),
    submit(text: string) {
      const content = { kind: 'text' as const, text: text.toWellFormed().replaceAll('\0', '') };
      setWriting(writingNew);
      if (writing.kind !== 'edit') return void parley.send(peerId, content, writing.kind === 'reply' ? writing.view.seq : undefined);
      const { seq, version, text: before } = writing.view;
      if (seq !== undefined && content.text !== before) void parley.edit(peerId, seq, version, content);
    },
  };
}

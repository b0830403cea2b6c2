import { useEffect, useRef, useState } from 'react';
import { useAppDispatch, useAppStore } from '../../app/hooks.ts';
import { drafted } from './drafts-slice.ts';

/** A draft is kept when the keys rest, and when the conversation is left. */
const DRAFT_MS = 300;

/** The draft, or what is being changed: a change leaves the draft alone. */
export function useText(peerId: string, edited: string | undefined): [string, (text: string) => void] {
  const [draft, setDraft] = useDraft(peerId);
  const [change, setChange] = useState('');
  useEffect(() => setChange(edited ?? ''), [edited]);
  return edited === undefined ? [draft, setDraft] : [change, setChange];
}

/** What was begun here before; kept as it grows. */
function useDraft(peerId: string): [string, (text: string) => void] {
  const dispatch = useAppDispatch();
  const store = useAppStore();
  const [text, setText] = useState(() => store.getState().drafts[peerId] ?? '');
  const latest = useRef(text);
  latest.current = text;
  useEffect(() => {
    const timer = setTimeout(() => dispatch(drafted({ peerId, text })), text === '' ? 0 : DRAFT_MS);
    return () => clearTimeout(timer);
  }, [dispatch, peerId, text]);
  useEffect(() => {
    const keep = () => void dispatch(drafted({ peerId, text: latest.current }));
    addEventListener('pagehide', keep);
    return () => {
      removeEventListener('pagehide', keep);
      keep();
    };
  }, [dispatch, peerId]);
  return [text, setText];
}

import { useCallback, useEffect, useRef, useState } from 'react';
import { useAppDispatch, useAppSelector } from '../../app/hooks.ts';
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

/** A few spaces are no draft. */
const asKept = (text: string) => (text.trim() === '' ? '' : text);

/** What was begun, here or in another tab; kept as it grows. */
function useDraft(peerId: string): [string, (text: string) => void] {
  const dispatch = useAppDispatch();
  const kept = useAppSelector(({ drafts }) => drafts[peerId] ?? '');
  const [text, setText] = useState(kept);
  const latest = useRef(text);
  latest.current = text;
  /** What this field and the drafts had in common last: a tab in which nobody wrote has nothing to keep. */
  const common = useRef(kept);
  const keep = useCallback(() => {
    if (asKept(latest.current) === common.current) return;
    common.current = asKept(latest.current);
    dispatch(drafted({ peerId, text: latest.current }));
  }, [dispatch, peerId]);
  useEffect(() => {
    if (kept === common.current) return;
    if (asKept(latest.current) === common.current) setText(kept);
    common.current = kept;
  }, [kept]);
  useEffect(() => {
    const timer = setTimeout(keep, text === '' ? 0 : DRAFT_MS);
    return () => clearTimeout(timer);
  }, [keep, text]);
  useEffect(() => {
    addEventListener('pagehide', keep);
    return () => {
      removeEventListener('pagehide', keep);
      keep();
    };
  }, [keep]);
  return [text, setText];
}

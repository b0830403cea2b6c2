import type { Held } from '@parley/client-library';
import { limits } from '@parley/common/contracts/limits';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useAppDispatch, useAppSelector, useParley } from '../../app/hooks.ts';
import { conversationLearnt } from '../../app/latest.ts';
import type { Timeline } from './timeline.ts';

/** Opens a conversation: what an earlier run kept, or its newest page. `failed`: nothing is held and nothing could be read. */
export function useOpened(peerId: string): { held: Held | undefined; failed: boolean } {
  const parley = useParley();
  const held = useAppSelector((state) => state.held[peerId]);
  const connected = useAppSelector(({ connection }) => connection.chat.at === 'open');
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let current = true;
    parley.conversations.open(peerId).then(
      ({ epoch }) => current && setFailed(epoch === null),
      () => current && setFailed(true),
    );
    if (connected) parley.join(peerId);
    return () => {
      current = false;
    };
  }, [parley, peerId, connected]);
  return { held: held?.epoch === null ? undefined : held, failed };
}

/** A conversation in which nothing was said is in no list, but may be muted or blocked all the same. */
export function useUnlisted(peerId: string) {
  const parley = useParley();
  const dispatch = useAppDispatch();
  const listed = useAppSelector((state) => state.conversations.known && state.conversations.byPeer[peerId] !== undefined);
  const connected = useAppSelector(({ connection }) => connection.chat.at === 'open');
  useEffect(() => {
    if (listed || !connected) return;
    parley.request('get', '/api/messages/conversations/:peerId', { peerId }).then(
      (conversation) => dispatch(conversationLearnt(conversation)),
      () => {},
    );
  }, [parley, dispatch, peerId, listed, connected]);
}

/** Reads on at either end of what is shown, one page at a time. After a failure it waits for the next time it is asked. */
export function useReadingOn(peerId: string, { first, last, hasBefore, hasAfter }: Timeline) {
  const parley = useParley();
  const reading = useRef(false);
  const read = useCallback(
    async (place: { before: number } | { after: number }) => {
      if (reading.current) return;
      reading.current = true;
      await parley.conversations.read(peerId, place, limits.page).catch(() => {});
      reading.current = false;
    },
    [parley, peerId],
  );
  return {
    before: () => void (hasBefore && read({ before: first })),
    after: () => void (hasAfter && read({ after: last })),
  };
}

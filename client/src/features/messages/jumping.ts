import type { Held } from '@parley/client-library';
import { limits } from '@parley/common/contracts/limits';
import { useEffect, useRef, useState } from 'react';
import { useParley } from '../../app/hooks.ts';
import { timelineOf } from './timeline.ts';

const holds = (held: Held | undefined, seq: number, place: number | undefined) => {
  const { first, last } = timelineOf(held, [], place);
  return first <= seq && seq <= last;
};

/** A message that the address names, and which going there it was. */
interface Asked {
  readonly seq: number;
  readonly visit: number;
}

/** To a message wherever it is: within what is shown, or by reading the history around it. */
export function useJumping(peerId: string, held: Held | undefined, firstUnread: number | undefined, asked: Asked | undefined) {
  const parley = useParley();
  const [place, setPlace] = useState<number>();
  const [target, setTarget] = useState<{ seq: number; times: number }>();
  const times = useRef(0);

  const bring = (seq: number) => {
    times.current += 1;
    setTarget({ seq, times: times.current });
  };
  const jump = async (seq: number) => {
    if (!holds(held, seq, place)) {
      const read = await parley.conversations.read(peerId, { around: seq }, limits.page).catch(() => undefined);
      if (!read) return;
      await parley.conversations.saved();
      setPlace(seq);
    }
    bring(seq);
  };

  // An address may name a message; going there again asks again.
  const answered = useRef(0);
  useEffect(() => {
    if (!asked || !held || answered.current === asked.visit) return;
    answered.current = asked.visit;
    void jump(asked.seq);
  });

  // What was unread may begin before the page that was read: then that is where to begin reading.
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current || !held || held.messages.size === 0) return;
    begun.current = true;
    if (firstUnread === undefined || holds(held, firstUnread, undefined)) return;
    void parley.conversations
      .read(peerId, { around: firstUnread }, limits.page)
      .then(() => parley.conversations.saved())
      .then(
        () => setPlace(firstUnread),
        () => {},
      );
  }, [parley, peerId, held, firstUnread]);

  return {
    place,
    target,
    jump: (seq: number) => void jump(seq),
    toNewest() {
      setTarget(undefined);
      setPlace(undefined);
    },
  };
}

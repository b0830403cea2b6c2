import type { Held } from '@parley/client-library';
import { limits } from '@parley/common/contracts/limits';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useParley } from '../../app/hooks.ts';
import { useComplaining } from '../../app/toasts.tsx';
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
  const complain = useComplaining();
  /** Until somebody is where they are to begin, nothing that stands there meanwhile is read. */
  const [begun, setBegun] = useState(asked?.seq);
  const [place, setPlace] = useState<number>();
  const [target, setTarget] = useState<{ seq: number; times: number }>();
  const times = useRef(0);

  const bring = (seq: number) => {
    times.current += 1;
    setTarget({ seq, times: times.current });
  };
  const goings = useRef(0);
  const readAround = async (seq: number) => {
    await parley.conversations.read(peerId, { around: seq }, limits.page);
    await parley.conversations.saved();
  };
  const jump = async (seq: number) => {
    goings.current += 1;
    const mine = goings.current;
    try {
      const there = holds(held, seq, place);
      if (!there) await readAround(seq);
      // They have gone somewhere else meanwhile.
      if (mine !== goings.current) return;
      if (!there) setPlace(seq);
      bring(seq);
    } catch (error) {
      complain(error);
    } finally {
      setBegun(firstUnread);
    }
  };

  // An address may name a message; going there again asks again.
  const answered = useRef(0);
  useEffect(() => {
    if (!asked || !held || answered.current === asked.visit) return;
    answered.current = asked.visit;
    void jump(asked.seq);
  });

  // What was unread may begin before the page that was read: then that is where to begin reading. And it may be heard of
  // only when the end of what was kept is on the screen already.
  const opened = useRef(firstUnread);
  const beginning = useRef<number>(undefined);
  useLayoutEffect(() => {
    if (firstUnread === undefined || beginning.current === firstUnread || !held?.messages.size || held.lastSeq < firstUnread) return;
    beginning.current = firstUnread;
    const begin = (at: number | undefined) => {
      setBegun(firstUnread);
      if (at !== undefined && goings.current === 0) setPlace(at);
    };
    if (holds(held, firstUnread, undefined)) return begin(opened.current === firstUnread ? undefined : firstUnread);
    void readAround(firstUnread).then(
      () => begin(firstUnread),
      () => begin(undefined),
    );
  }, [held, firstUnread]);

  return {
    arrived: begun === firstUnread,
    place,
    target,
    jump: (seq: number) => void jump(seq),
    toNewest() {
      goings.current += 1;
      setBegun(firstUnread);
      setTarget(undefined);
      setPlace(undefined);
    },
  };
}

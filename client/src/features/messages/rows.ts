import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { createHeights, type Heights } from './heights.ts';
import { clientIdOf, isStored, type Line } from './timeline.ts';

/** Above the first row: where the history goes on, or where it began. */
const ABOVE = 56;
const BELOW = 12;
/** So near to the end is at the end: what comes is followed. */
const AT_END = 100;
/** So much beyond either edge of what is in sight is there already. */
const BEYOND = 400;
/** As many rows as fill a screen before anything was measured. */
const FIRST = 14;

export interface Start {
  readonly seq: number;
  readonly align: 'start' | 'center';
}

/** Where the screen is held while what is around it gets other heights: by a row that stays where it is. */
type Hold = { readonly key: string; readonly at: Start['align'] | number } | 'end';

interface Shown {
  readonly lines: readonly Line[];
  /** The rows that are there, and the last one that is in sight. */
  readonly first: number;
  readonly last: number;
  readonly seen: number;
  readonly atEnd: boolean;
}

/**
 * The rows that are on the screen, out of any number. What comes is followed by whoever is at the end, and nobody else is
 * moved by anything: heights are measured before they are painted, and the screen is held where it was.
 */
export function useRows(lines: readonly Line[], start: Start | undefined) {
  const scroller = useRef<HTMLDivElement>(null);
  /** As high as all rows together; the few that are there hang in its first child. */
  const sheet = useRef<HTMLDivElement>(null);
  const [known, show] = useState(() => firstShown(lines, start));
  const shown = known.lines === lines ? known : moved(known, lines);
  const now = useRef({ lines, shown });
  now.current = { lines, shown };
  const [scroll] = useState(() => createScroll(scroller, sheet, start, () => now.current, show));

  useLayoutEffect(scroll.settle);
  useEffect(() => scroll.follow(), [scroll]);
  return { scroller, sheet, shown, observe: scroll.observe, bring: scroll.bring, toEnd: scroll.toEnd };
}

function firstShown(lines: readonly Line[], start: Start | undefined): Shown {
  const asked = start ? lines.findIndex((line) => isStored(line) && line.seq >= start.seq) : -1;
  const first = Math.max(0, asked < 0 ? lines.length - FIRST : asked - FIRST / 2);
  return { lines, first, last: Math.min(lines.length, first + FIRST) - 1, seen: -1, atEnd: true };
}

const seqOf = (line: Line | undefined) => (line && isStored(line) ? line.seq : undefined);

/** The same rows, wherever they are now that others came before them. */
function moved({ lines, first, last, seen, atEnd }: Shown, next: readonly Line[]): Shown {
  const from = lines[first];
  const by = from === undefined ? 0 : next.findIndex((line) => clientIdOf(line) === clientIdOf(from)) - first;
  if (from === undefined || by < -first) return { ...firstShown(next, undefined), atEnd };
  const within = (index: number) => Math.min(index + by, next.length - 1);
  return { lines: next, first: within(first), last: within(last), seen: within(seen), atEnd };
}

function createScroll(
  scroller: RefObject<HTMLDivElement | null>,
  sheet: RefObject<HTMLDivElement | null>,
  start: Start | undefined,
  now: () => { readonly lines: readonly Line[]; readonly shown: Shown },
  show: (shown: Shown) => void,
) {
  const heights: Heights<Line> = createHeights(clientIdOf, estimate, ABOVE);
  const total = () => heights.total + BELOW;
  let hold: Hold = 'end';
  let placed = false;
  /** Where the screen was put by us; where it is otherwise, somebody scrolled. */
  let put = Number.NaN;
  let lastKey: string | undefined;
  let gliding = false;

  const isAtEnd = (element: HTMLElement, within: number) => element.scrollTop + element.clientHeight >= total() - within;

  /** What is to be there for what is in sight. */
  const look = (element: HTMLElement) => {
    const { lines, shown } = now();
    const { scrollTop, clientHeight } = element;
    const next: Shown = {
      lines,
      first: heights.at(scrollTop - BEYOND),
      last: Math.min(heights.at(scrollTop + clientHeight + BEYOND), heights.count - 1),
      seen: Math.min(heights.at(scrollTop + clientHeight), heights.count - 1),
      atEnd: isAtEnd(element, AT_END),
    };
    const same = (['lines', 'first', 'last', 'seen', 'atEnd'] as const).every((name) => next[name] === shown[name]);
    if (!same) show(next);
  };

  const wanted = ({ clientHeight, scrollTop }: HTMLElement) => {
    if (hold === 'end') return total() - clientHeight;
    const index = heights.indexOf(hold.key);
    if (index === undefined) return scrollTop;
    const top = heights.top(index);
    if (hold.at === 'start') return top;
    if (hold.at === 'center') return (top + heights.top(index + 1) - clientHeight) / 2;
    return top + hold.at;
  };
  const keep = (element: HTMLElement) => {
    const y = Math.max(0, Math.min(wanted(element), total() - element.clientHeight));
    if (gliding) {
      // Aimed anew at each row that is measured on the way, it would never gather speed.
      if (!Number.isNaN(put)) return;
      element.scrollTo({ top: y, behavior: 'smooth' });
      put = y;
      return;
    }
    if (Math.abs(element.scrollTop - y) > 0.5) element.scrollTop = y;
    put = element.scrollTop;
  };
  /** Held by the row that is topmost in sight, or by the end. */
  const note = (element: HTMLElement) => {
    const { scrollTop } = element;
    if (isAtEnd(element, 1)) hold = 'end';
    else {
      const index = heights.at(scrollTop);
      hold = { key: heights.keyAt(index) as string, at: scrollTop - heights.top(index) };
    }
  };

  /** Puts everything where it belongs, as far as it is known by now; what is there for the first time is measured. */
  const settle = () => {
    const { current: element } = scroller;
    const { current: body } = sheet;
    const part = body?.firstElementChild as HTMLElement | null | undefined;
    if (!element || !body || !part) return;
    const { lines, shown } = now();
    heights.take(lines);
    for (const row of part.children as unknown as Iterable<HTMLElement>) {
      const { key } = row.dataset;
      if (key && !heights.isMeasured(key)) heights.measured(key, row.getBoundingClientRect().height);
    }
    if (!placed && lines.length > 0) {
      placed = true;
      const index = start ? lines.findIndex((line) => isStored(line) && line.seq >= start.seq) : -1;
      // Where it is the first of a page, what was asked for may lie before it.
      if (start && (index > 0 || seqOf(lines[index]) === start.seq)) hold = { key: heights.keyAt(index) as string, at: start.align };
    }
    const last = heights.keyAt(heights.count - 1);
    // By what was so before they came.
    if (last !== lastKey && shown.atEnd && lastKey !== undefined) hold = 'end';
    lastKey = last;
    // While there is nothing it has no height: what comes then has not moved.
    body.style.height = `${lines.length > 0 ? total() : 0}px`;
    part.style.transform = `translateY(${heights.top(shown.first)}px)`;
    keep(element);
    look(element);
  };

  const rows = new ResizeObserver((entries) => {
    let news = false;
    for (const { target, borderBoxSize } of entries) {
      const { key } = (target as HTMLElement).dataset;
      const height = borderBoxSize[0]?.blockSize;
      if (target.isConnected && key && height) news = heights.measured(key, height) || news;
    }
    if (news) settle();
  });

  return {
    settle,
    observe(row: HTMLElement | null) {
      if (!row) return;
      rows.observe(row);
      return () => rows.unobserve(row);
    },
    /** To a row, wherever it is; heights that turn out otherwise on the way do not matter. */
    bring(index: number, at: Start['align']) {
      const key = heights.keyAt(index);
      if (!key) return;
      gliding = false;
      hold = { key, at };
      settle();
    },
    toEnd({ smooth = false } = {}) {
      hold = 'end';
      gliding = smooth && !matchMedia('(prefers-reduced-motion: reduce)').matches;
      put = Number.NaN;
      settle();
    },
    follow() {
      const element = scroller.current as HTMLDivElement;
      /** The end is somewhere else by now: on to it. */
      const aim = () => {
        put = Number.NaN;
        keep(element);
      };
      const onScroll = () => {
        if (gliding && isAtEnd(element, 1)) gliding = false;
        // Not every browser says that it has come to rest.
        else if (gliding && Math.abs(element.scrollTop - put) <= 1) aim();
        if (!gliding && !(Math.abs(element.scrollTop - put) <= 1)) {
          put = Number.NaN;
          note(element);
        }
        flushSync(() => look(element));
      };
      const arrive = ({ type }: Event) => {
        if (!gliding) return;
        if (type === 'scrollend' && !isAtEnd(element, 1)) return aim();
        gliding = false;
        note(element);
      };
      let width = element.clientWidth;
      // A keyboard that opens, a window that gets narrower: whoever was at the end stays there.
      const size = new ResizeObserver(() => {
        if (element.clientWidth !== width) heights.forget();
        width = element.clientWidth;
        if (now().shown.atEnd) hold = 'end';
        settle();
      });
      const stops = ['scrollend', 'wheel', 'pointerdown', 'touchstart', 'keydown'] as const;
      element.addEventListener('scroll', onScroll, { passive: true });
      for (const stop of stops) element.addEventListener(stop, arrive, { passive: true });
      size.observe(element);
      return () => {
        size.disconnect();
        rows.disconnect();
        element.removeEventListener('scroll', onScroll);
        for (const stop of stops) element.removeEventListener(stop, arrive);
      };
    },
  };
}

/** Near enough that what is not measured yet does not make the scroll bar jump much. */
function estimate(line: Line): number {
  const text = (isStored(line) ? line.content : line.command.content)?.text ?? '';
  return 40 + Math.min(12, Math.floor(text.length / 60)) * 22;
}

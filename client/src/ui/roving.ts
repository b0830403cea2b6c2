import { type KeyboardEvent, useEffect, useRef } from 'react';

const ITEM = '[data-roving]';

/**
 * One stop for Tab in a list, arrows within it. Put `data-roving` on what can have the focus; the list remembers which
 * one had it last, and `aria-current` is where it begins.
 */
export function useRoving<T extends HTMLElement>(start: 'first' | 'last' = 'first') {
  const ref = useRef<T>(null);
  const items = () => [...(ref.current?.querySelectorAll<HTMLElement>(ITEM) ?? [])];
  const settle = (stop: HTMLElement | undefined) => {
    for (const item of items()) item.tabIndex = item === stop ? 0 : -1;
  };

  useEffect(() => {
    const all = items();
    if (all.filter(({ tabIndex }) => tabIndex === 0).length !== 1) {
      settle(all.find((item) => item.ariaCurrent === 'page') ?? all.at(start === 'first' ? 0 : -1));
    }
  });

  return {
    ref,
    onFocus: ({ target }: { target: EventTarget }) => {
      const item = (target as HTMLElement).closest<HTMLElement>(ITEM);
      if (item) settle(item);
    },
    onKeyDown(event: KeyboardEvent) {
      const all = items();
      const at = all.indexOf(event.target as HTMLElement);
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
      if (at < 0 || to === undefined) return;
      event.preventDefault();
      all[to]?.focus();
    },
  };
}

import { type KeyboardEvent, type ReactNode, useLayoutEffect, useRef } from 'react';
import { LaterIcon, type LaterIconName } from './icon-later.tsx';
import { openAt } from './popover.ts';

interface MenuProps {
  readonly label: string;
  /** What it belongs to: it opens below or above, whichever has room. */
  readonly anchor: DOMRect;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** What can be done with one thing. In the top layer of the page, so nothing clips it; Escape and a click beside it close it. */
export function Menu({ label, anchor, onClose, children }: MenuProps) {
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const menu = ref.current;
    if (!menu) return;
    const giveBack = openAt(menu, anchor);
    items(menu)[0]?.focus();
    return giveBack;
  }, [anchor]);

  const onKeyDown = (event: KeyboardEvent) => {
    const all = items(ref.current);
    const at = all.indexOf(document.activeElement as HTMLElement);
    const rtl = document.dir === 'rtl';
    const step = { ArrowDown: 1, ArrowUp: -1, ArrowRight: rtl ? -1 : 1, ArrowLeft: rtl ? 1 : -1 }[event.key];
    const to = step ? (at + step + all.length) % all.length : { Home: 0, End: all.length - 1 }[event.key];
    if (event.key === 'Tab') onClose();
    if (to === undefined) return;
    event.preventDefault();
    all[to]?.focus();
  };

  return (
    <div
      ref={ref}
      popover="auto"
      role="menu"
      tabIndex={-1}
      aria-label={label}
      onKeyDown={onKeyDown}
      onToggle={(event) => event.newState === 'closed' && onClose()}
      className="fixed inset-auto m-0 max-h-[calc(100dvh-1rem)] min-w-52 animate-appear overflow-y-auto overscroll-contain rounded-2xl bg-raised p-1.5 text-ink shadow-float"
    >
      {children}
    </div>
  );
}

const items = (menu: HTMLElement | null) => [...(menu?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])];

export const MenuRule = () => <hr className="mx-2 my-1 border-line" />;

interface MenuItemProps {
  readonly icon: LaterIconName;
  readonly label: string;
  readonly danger?: boolean;
  readonly onSelect: () => void;
}

export function MenuItem({ icon, label, danger = false, onSelect }: MenuItemProps) {
  return (
    <button
      type="button"
      role="menuitem"
      tabIndex={-1}
      onClick={onSelect}
      className={`flex w-full items-center gap-3 rounded-xl px-3 py-2 text-start text-sm font-medium hover:bg-hover focus:bg-hover focus:outline-none ${danger ? 'text-danger' : ''}`}
    >
      <LaterIcon name={icon} className="size-[1.125rem]" />
      {label}
    </button>
  );
}

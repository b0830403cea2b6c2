import { type KeyboardEvent, type MouseEvent, type PointerEvent, useRef } from 'react';

/** So long has a finger to rest, and so far may it stray meanwhile. */
const PRESS_MS = 450;
const STRAY = 10;

/**
 * All the ways to a thing's menu: the other mouse button, the menu key, and a long press of a finger, which not every
 * browser calls a context menu.
 */
export function useMenuGesture(onOpen: (anchor: DOMRect) => void) {
  const press = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number }>(undefined);
  /** The menu is there already: the finger that is lifted now chooses nothing. */
  const pressed = useRef(false);
  const forget = () => {
    clearTimeout(press.current?.timer);
    press.current = undefined;
  };
  return {
    onContextMenu(event: MouseEvent<HTMLElement>) {
      event.preventDefault();
      forget();
      if (!pressed.current) onOpen(event.currentTarget.getBoundingClientRect());
    },
    onKeyDown(event: KeyboardEvent<HTMLElement>) {
      if (event.key !== 'ContextMenu' && !(event.key === 'F10' && event.shiftKey)) return;
      event.preventDefault();
      onOpen(event.currentTarget.getBoundingClientRect());
    },
    onPointerDown({ pointerType, currentTarget, clientX: x, clientY: y }: PointerEvent<HTMLElement>) {
      pressed.current = false;
      forget();
      if (pointerType !== 'touch') return;
      const timer = setTimeout(() => {
        pressed.current = true;
        onOpen(currentTarget.getBoundingClientRect());
      }, PRESS_MS);
      press.current = { timer, x, y };
    },
    onPointerMove({ clientX, clientY }: PointerEvent<HTMLElement>) {
      if (press.current && Math.hypot(clientX - press.current.x, clientY - press.current.y) > STRAY) forget();
    },
    onPointerUp: forget,
    onPointerCancel: forget,
    onClickCapture(event: MouseEvent<HTMLElement>) {
      if (!pressed.current) return;
      pressed.current = false;
      event.preventDefault();
      event.stopPropagation();
    },
  };
}

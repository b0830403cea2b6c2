const GAP = 6;
const EDGE = 8;

/**
 * Opens an element in the top layer of the page, below or above what it belongs to, whichever has room. Answers with what
 * gives the focus back to where it was.
 */
export function openAt(element: HTMLElement, anchor: DOMRect): () => void {
  const before = document.activeElement;
  const stand = () => place(element, anchor);
  element.showPopover();
  stand();
  // A window that gets smaller, a phone that is turned: it stays in sight.
  addEventListener('resize', stand);
  return () => {
    removeEventListener('resize', stand);
    const isLost = document.activeElement === document.body || element.contains(document.activeElement);
    if (before instanceof HTMLElement && isLost) before.focus();
  };
}

function place(element: HTMLElement, anchor: DOMRect) {
  const { width, height } = element.getBoundingClientRect();
  const below = anchor.bottom + GAP;
  const top = below + height + EDGE <= innerHeight ? below : Math.max(EDGE, anchor.top - GAP - height);
  const start = document.dir === 'rtl' ? anchor.right - width : anchor.left;
  element.style.top = `${Math.min(top, innerHeight - height - EDGE)}px`;
  element.style.left = `${Math.max(EDGE, Math.min(start, innerWidth - width - EDGE))}px`;
}

import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { IconButton } from './button.tsx';

interface DialogProps {
  readonly title: string;
  readonly closeLabel: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Above everything. The browser's own dialog keeps the focus inside, gives it back, and closes on Escape. */
export function Dialog({ title, closeLabel, onClose, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  // Closed while it is still there: one that is gone gives the focus back to nobody.
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      // A click beside the box is a click on the dialog itself.
      onPointerDown={(event) => event.target === event.currentTarget && onClose()}
      className="m-auto w-[min(26rem,calc(100vw-2rem))] animate-appear rounded-2xl bg-raised p-0 text-ink shadow-float backdrop:bg-scrim"
    >
      <div className="p-5 wrap-anywhere">
        <div className="mb-3 flex items-start justify-between gap-4">
          <h2 id={id} className="min-w-0 pt-1.5 text-lg font-semibold">
            {title}
          </h2>
          <IconButton icon="close" label={closeLabel} onClick={onClose} className="-me-2" />
        </div>
        {children}
      </div>
    </dialog>
  );
}

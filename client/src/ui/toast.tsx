interface ToastProps {
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
}

/** A word about what was just done, and the way back from it. */
export function Toast({ text, action }: ToastProps) {
  return (
    <div className="pointer-events-auto flex max-w-[min(28rem,calc(100vw-2rem))] animate-rise items-center gap-4 rounded-xl bg-ink px-4 py-3 text-sm text-canvas shadow-float">
      <span className="min-w-0 wrap-anywhere">{text}</span>
      {action && (
        <button type="button" onClick={action.run} className="shrink-0 font-semibold underline underline-offset-2">
          {action.label}
        </button>
      )}
    </div>
  );
}

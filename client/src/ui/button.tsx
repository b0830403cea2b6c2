import type { ComponentProps } from 'react';
import { Icon, type IconName } from './icon.tsx';

const looks = {
  primary: 'bg-accent text-on-accent hover:bg-accent-strong',
  quiet: 'bg-field text-ink hover:bg-hover',
  danger: 'bg-danger-soft text-danger hover:brightness-95',
  bare: 'text-accent hover:bg-hover',
} as const;

type ButtonProps = ComponentProps<'button'> & { look?: keyof typeof looks; busy?: boolean };

/** While it is busy it takes nothing and keeps the focus, which a disabled one would lose. */
export function Button({ look = 'primary', busy = false, className = '', onClick, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      // Return in a field of its form comes as a click, too.
      onClick={(event) => (busy ? event.preventDefault() : onClick?.(event))}
      className={`inline-flex min-h-10 items-center justify-center gap-2 rounded-xl px-4 py-2 text-sm font-semibold wrap-break-word transition-colors disabled:opacity-60 aria-busy:opacity-60 ${looks[look]} ${className}`}
      {...rest}
    >
      {children}
    </button>
  );
}

/** An icon by its name, or drawn by `children`. */
type IconButtonProps = ComponentProps<'button'> & { icon?: IconName; label: string };

/** A picture alone says nothing to somebody who can't see it, so it always has a label. */
export function IconButton({ icon, label, className = '', children, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={`inline-flex size-10 shrink-0 items-center justify-center rounded-full text-soft transition-colors hover:bg-hover hover:text-ink disabled:opacity-40 ${className}`}
      {...rest}
    >
      {icon ? <Icon name={icon} /> : children}
    </button>
  );
}

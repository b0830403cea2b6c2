import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';

/** Nothing here, and what to do about it. */
export function Empty({ icon, title, hint, children }: { icon: IconName; title: string; hint?: string; children?: ReactNode }) {
  return (
    <div className="flex h-full flex-col items-center justify-center gap-1.5 px-8 py-12 text-center">
      <span className="mb-3 flex size-16 items-center justify-center rounded-full bg-field text-soft">
        <Icon name={icon} className="size-8" />
      </span>
      <p className="max-w-full text-base font-semibold text-balance wrap-anywhere text-ink">{title}</p>
      {hint && <p className="max-w-72 text-sm text-balance text-soft">{hint}</p>}
      {children && <div className="mt-4">{children}</div>}
    </div>
  );
}

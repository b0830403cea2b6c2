import { type ReactNode, useLayoutEffect } from 'react';
import { Speaking } from '../texts/texts.tsx';
import { useAppSelector } from './hooks.ts';

/** How this browser's owner wants it: the colours, the language. */
export function Preferring({ children }: { children: ReactNode }) {
  const { theme, language } = useAppSelector(({ preferences }) => preferences);
  useLayoutEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name=theme-color]')) {
      const { theme: own } = meta.dataset;
      meta.media = theme === 'system' ? `(prefers-color-scheme: ${own})` : own === theme ? 'all' : 'not all';
    }
  }, [theme]);
  return <Speaking language={language}>{children}</Speaking>;
}

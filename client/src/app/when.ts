import { useSyncExternalStore } from 'react';
import type { Texts } from '../texts/en.ts';
import { useLocale, useTexts } from '../texts/texts.tsx';
import { useAppSelector } from './hooks.ts';

const MINUTE = 60_000;

const formats = new Map<string, Intl.DateTimeFormat>();
function format(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${Object.entries(options)}`;
  const known = formats.get(key) ?? new Intl.DateTimeFormat(locale, options);
  formats.set(key, known);
  return known;
}

export const clockTime = (locale: string, instant: number) => format(locale, { timeStyle: 'short' }).format(instant);
/** The day of a place, as a number that grows by one at midnight there. */
export const dayOf = (instant: number) => {
  const date = new Date(instant);
  return Math.round(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000);
};

export function dayName(texts: Texts, locale: string, instant: number, now: number): string {
  const ago = dayOf(now) - dayOf(instant);
  if (ago === 0) return texts.when.today;
  if (ago === 1) return texts.when.yesterday;
  if (ago > 1 && ago < 7) return format(locale, { weekday: 'long' }).format(instant);
  const thisYear = new Date(now).getFullYear() === new Date(instant).getFullYear();
  return format(locale, { day: 'numeric', month: 'long', ...(!thisYear && { year: 'numeric' }) }).format(instant);
}

/** As short as a list has room for. */
export function shortWhen(texts: Texts, locale: string, instant: number, now: number): string {
  const ago = dayOf(now) - dayOf(instant);
  if (ago <= 0) return clockTime(locale, instant);
  if (ago === 1) return texts.when.yesterday;
  if (ago < 7) return format(locale, { weekday: 'short' }).format(instant);
  const thisYear = new Date(now).getFullYear() === new Date(instant).getFullYear();
  return format(locale, thisYear ? { day: 'numeric', month: 'short' } : { dateStyle: 'short' }).format(instant);
}

export function fullWhen(locale: string, instant: number): string {
  return format(locale, { dateStyle: 'full', timeStyle: 'short' }).format(instant);
}

export function lastSeenText(texts: Texts, locale: string, instant: number, now: number): string {
  const minutes = Math.floor((now - instant) / MINUTE);
  if (minutes < 1) return texts.when.justNow;
  if (minutes < 60) return texts.when.minutesAgo(minutes);
  return texts.when.at(dayName(texts, locale, instant, now), clockTime(locale, instant));
}

/** Now by the server's clock, to the minute: this device's own may be wrong. */
export function useNow(): number {
  const skew = useAppSelector(({ connection }) => connection.skew);
  const now = useSyncExternalStore(everyMinute, () => Math.floor(Date.now() / MINUTE) * MINUTE);
  return now + skew;
}

/** One timer for all who ask. */
const listeners = new Set<() => void>();
setInterval(() => listeners.forEach((each) => void each()), MINUTE / 4);
function everyMinute(listener: () => void) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export function useWhen() {
  const texts = useTexts();
  const locale = useLocale();
  const now = useNow();
  return {
    now,
    clock: (instant: number) => clockTime(locale, instant),
    short: (instant: string) => shortWhen(texts, locale, Date.parse(instant), now),
    day: (instant: number) => dayName(texts, locale, instant, now),
    full: (instant: number) => fullWhen(locale, instant),
    lastSeen: (instant: string) => lastSeenText(texts, locale, Date.parse(instant), now),
  };
}

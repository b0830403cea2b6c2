import { createContext, type ReactNode, use, useCallback, useContext, useEffect, useState } from 'react';
import { en, type Texts } from './en.ts';
import type { LaterTexts } from './en-later.ts';

interface Spoken {
  readonly texts: Texts;
  readonly language: string;
  /** For dates and numbers. */
  readonly locale: string;
}

/** The first words of English come with the page, everything else when it is asked for. */
const languages: Record<string, { now: () => Promise<Texts>; later: () => Promise<LaterTexts> }> = {
  en: { now: async () => en, later: async () => (await import('./en-later.ts')).later },
  de: { now: async () => (await import('./de.ts')).de, later: async () => (await import('./de-later.ts')).later },
};

const english = (): Spoken => ({ texts: en, language: 'en', locale: localeOf('en') });

const Speech = createContext<Spoken>({ texts: en, language: 'en', locale: 'en' });

export const useTexts = () => useContext(Speech).texts;
export const useLocale = () => useContext(Speech).locale;

const loading = new Map<string, Promise<LaterTexts>>();

function load(language: string): Promise<LaterTexts> {
  const known = loading.get(language);
  if (known !== undefined) return known;
  const begun = languages[language]?.later() ?? Promise.reject(new Error(`nobody speaks ${language} here`));
  loading.set(language, begun);
  begun.then(
    // As React marks a promise whose value it may take at once, so that what is there already is not waited for.
    (value) => Object.assign(begun, { status: 'fulfilled', value }),
    // Asked for again when it is needed again: the network may be back by then.
    () => loading.delete(language),
  );
  return begun;
}

/** Fetched before anybody asks for it, where it is likely that somebody will. */
export const preloadTexts = () => void load(document.documentElement.lang).catch(() => {});

/** For what is loaded when it is first shown: its texts are too. */
export const useLaterTexts = (): LaterTexts => use(load(useContext(Speech).language));

export function Speaking({ language, children }: { language: string; children: ReactNode }) {
  // English is there at once; another language is waited for, so that nobody sees two of them.
  const [spoken, speak] = useState<Spoken | undefined>(() => (language === 'en' ? english() : undefined));
  useEffect(() => {
    let current = true;
    // Whoever changes the language stands in the settings: their texts come along, so that nothing is blank meanwhile.
    const rest = loading.size > 0 ? load(language) : undefined;
    Promise.all([languages[language]?.now() ?? en, rest]).then(
      ([texts]) => {
        if (!current) return;
        document.documentElement.lang = language;
        speak({ texts, language, locale: localeOf(language) });
      },
      () => current && speak((known) => known ?? english()),
    );
    return () => {
      current = false;
    };
  }, [language]);
  return spoken && <Speech value={spoken}>{children}</Speech>;
}

/** The reader's own region decides about dates as long as it speaks the language. */
const localeOf = (language: string) => navigator.languages.find((locale) => locale.startsWith(language)) ?? language;

/** The texts know more of errors than the server's own sentence does: it is in one language alone. */
export function errorText({ failed }: Texts, { errors }: LaterTexts, code: string | undefined): string {
  const known: Partial<Record<string, string>> = errors;
  return (code && known[code]) || failed;
}

/** For what the first screens say of a refusal: the sentence comes when there is one, and without it the refusal is said all the same. */
export function useReasonOf() {
  const { texts, language } = useContext(Speech);
  return useCallback(
    (code: string | undefined) =>
      load(language).then(
        (later) => errorText(texts, later, code),
        () => texts.failed,
      ),
    [texts, language],
  );
}

export function useReason(code: string | undefined): string {
  const { failed } = useTexts();
  const reasonOf = useReasonOf();
  const [reason, setReason] = useState(failed);
  useEffect(() => {
    let current = true;
    void reasonOf(code).then((said) => current && setReason(said));
    return () => {
      current = false;
    };
  }, [reasonOf, code]);
  return reason;
}

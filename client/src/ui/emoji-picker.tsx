import { type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react';
import { type Category, categories, emojiOf, findEmoji } from './emoji.ts';
import { openAt } from './popover.ts';
import { SearchField } from './search-field.tsx';

/** As many stand in a row, so that the arrows know where above and below are. */
const COLUMNS = 8;

export interface PickerTexts {
  readonly pick: string;
  readonly search: string;
  readonly recent: string;
  readonly none: string;
  readonly clear: string;
  readonly categories: Readonly<Record<Category, string>>;
}

interface PickerProps {
  readonly texts: PickerTexts;
  readonly language: 'en' | 'de';
  readonly recent: readonly string[];
  readonly anchor: DOMRect;
  readonly onPick: (sign: string, options: { stay: boolean }) => void;
  readonly onClose: () => void;
}

const tabs: Readonly<Record<Category, string>> = {
  faces: '😀',
  people: '👍',
  nature: '🌿',
  food: '🍔',
  activity: '⚽',
  travel: '✈️',
  objects: '💡',
  symbols: '✅',
};

/** All emoji by category, those used last, and a field to look for one. Arrows walk the grid, Return takes one. */
export function Picker({ texts, language, recent, anchor, onPick, onClose }: PickerProps) {
  const ref = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const [query, setQuery] = useState('');
  useLayoutEffect(() => {
    const popover = ref.current;
    if (!popover) return;
    const giveBack = openAt(popover, anchor);
    popover.querySelector('input')?.focus();
    return giveBack;
  }, [anchor]);

  const found = findEmoji(query);
  const used = recent.flatMap((sign) => emojiOf(sign) ?? []);
  const sections = query.trim()
    ? [{ title: texts.search, emoji: found, id: 'found' }]
    : [
        { title: texts.recent, emoji: used, id: 'recent' },
        ...(Object.keys(categories) as Category[]).map((id) => ({ title: texts.categories[id], emoji: categories[id], id })),
      ].filter(({ emoji }) => emoji.length > 0);

  const cells = () => [...(grid.current?.querySelectorAll<HTMLElement>('button') ?? [])];
  const onKeyDown = (event: KeyboardEvent) => {
    const isCell = grid.current?.contains(event.target as Node);
    if (!isCell) {
      if (event.key === 'ArrowDown') cells()[0]?.focus();
      else if (event.key === 'Enter' && found[0] && query.trim()) onPick(found[0].sign, { stay: event.shiftKey });
      else return;
      return event.preventDefault();
    }
    const next = neighbour(cells(), event.target as HTMLElement, event.key);
    if (!next && event.key !== 'ArrowUp') return;
    event.preventDefault();
    (next ?? ref.current?.querySelector('input'))?.focus();
  };

  return (
    <div
      ref={ref}
      popover="auto"
      role="dialog"
      aria-label={texts.pick}
      onKeyDown={onKeyDown}
      onToggle={(event) => event.newState === 'closed' && onClose()}
      className="fixed inset-auto m-0 w-[min(21.5rem,calc(100vw-1rem))] animate-appear overflow-hidden rounded-2xl bg-raised p-0 text-ink shadow-float"
    >
      <div className="p-2.5 pb-2">
        <SearchField label={texts.search} clearLabel={texts.clear} value={query} onChange={setQuery} />
      </div>
      <div ref={grid} className="relative h-[min(16rem,calc(100dvh-8rem))] overflow-y-auto overscroll-contain px-2 pb-2">
        {sections.map(({ title, emoji, id }) => (
          <section key={id} aria-label={title} data-category={id}>
            <p aria-hidden="true" className="sticky top-0 z-1 bg-raised px-1.5 py-1 text-xs font-medium text-faint">
              {title}
            </p>
            <div className="grid grid-cols-8">
              {emoji.map(({ sign, names }) => (
                <button
                  key={sign}
                  type="button"
                  tabIndex={-1}
                  aria-label={names[language]}
                  title={names[language]}
                  onClick={(event) => onPick(sign, { stay: event.shiftKey })}
                  className="flex aspect-square items-center justify-center rounded-lg text-2xl hover:bg-hover focus-visible:bg-hover focus-visible:-outline-offset-2"
                >
                  {sign}
                </button>
              ))}
            </div>
          </section>
        ))}
        {query.trim() !== '' && found.length === 0 && (
          <p role="status" className="py-6 text-center text-sm text-soft">
            {texts.none}
          </p>
        )}
      </div>
      <div className="flex justify-between border-t border-line px-2 py-1">
        {(Object.keys(tabs) as Category[]).map((id) => (
          <button
            key={id}
            type="button"
            aria-label={texts.categories[id]}
            title={texts.categories[id]}
            onClick={() => {
              setQuery('');
              requestAnimationFrame(() => grid.current?.querySelector(`[data-category=${id}]`)?.scrollIntoView());
            }}
            className="flex size-9 items-center justify-center rounded-lg text-lg hover:bg-hover"
          >
            {tabs[id]}
          </button>
        ))}
      </div>
    </div>
  );
}

/** Where an arrow leads from one of the cells, across the headings between them. */
function neighbour(cells: readonly HTMLElement[], from: HTMLElement, key: string): HTMLElement | undefined {
  const at = cells.indexOf(from);
  const rtl = document.dir === 'rtl';
  const side = { ArrowRight: rtl ? -1 : 1, ArrowLeft: rtl ? 1 : -1 }[key];
  if (side) return cells[at + side];
  if (key === 'Home') return cells[0];
  if (key === 'End') return cells.at(-1);
  if (key !== 'ArrowDown' && key !== 'ArrowUp') return;
  // A category may end before its row does, so above and below are where they are seen.
  const { left, top } = from.getBoundingClientRect();
  const beyond = (cell: HTMLElement) =>
    key === 'ArrowDown' ? cell.getBoundingClientRect().top > top + 1 : cell.getBoundingClientRect().top < top - 1;
  const near = key === 'ArrowDown' ? cells.slice(at, at + 3 * COLUMNS) : cells.slice(Math.max(0, at - 3 * COLUMNS), at).reverse();
  const row = near.find(beyond)?.getBoundingClientRect().top;
  if (row === undefined) return;
  return near
    .filter((cell) => Math.abs(cell.getBoundingClientRect().top - row) < 1)
    .reduce((best, cell) =>
      Math.abs(cell.getBoundingClientRect().left - left) < Math.abs(best.getBoundingClientRect().left - left) ? cell : best,
    );
}

import { Icon } from './icon.tsx';

interface SearchFieldProps {
  readonly label: string;
  readonly clearLabel: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** It was opened to be written in. */
  readonly autoFocus?: boolean;
}

export function SearchField({ label, clearLabel, value, onChange, autoFocus = false }: SearchFieldProps) {
  return (
    <div className="relative">
      <Icon name="search" className="pointer-events-none absolute start-3 top-1/2 size-4.5 -translate-y-1/2 text-faint" />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        autoComplete="off"
        enterKeyHint="search"
        // biome-ignore lint/a11y/noAutofocus: only where somebody asked for it a moment ago.
        autoFocus={autoFocus}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && value) {
            event.stopPropagation();
            onChange('');
          }
        }}
        className="h-10 w-full appearance-none rounded-full bg-field ps-10 pe-10 text-base [&::-webkit-search-cancel-button]:hidden text-ink focus:outline-2 focus:outline-offset-0 focus:outline-accent/40 sm:text-sm"
      />
      {value && (
        <button
          type="button"
          aria-label={clearLabel}
          onClick={() => onChange('')}
          className="absolute end-1 top-1/2 flex size-8 -translate-y-1/2 items-center justify-center rounded-full text-soft hover:text-ink"
        >
          <Icon name="close" className="size-4" />
        </button>
      )}
    </div>
  );
}

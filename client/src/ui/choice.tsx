import { useId } from 'react';

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: Readonly<Record<T, string>>;
  readonly onChange: (value: T) => void;
}

/** One of a few, all of them in sight. */
export function Choice<T extends string>({ label, value, options, onChange }: ChoiceProps<T>) {
  const name = useId();
  return (
    <fieldset>
      <legend className="mb-2 text-sm font-medium">{label}</legend>
      <div className="inline-flex flex-wrap gap-1 rounded-xl bg-field p-1">
        {(Object.keys(options) as T[]).map((option) => (
          <label
            key={option}
            className="relative cursor-pointer rounded-lg px-4 py-1.5 text-sm font-medium text-soft has-checked:bg-raised has-checked:text-ink has-checked:shadow-bubble has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input type="radio" name={name} className="sr-only" checked={option === value} onChange={() => onChange(option)} />
            {options[option]}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

import { type ComponentProps, type ReactNode, useId } from 'react';

type FieldProps = Omit<ComponentProps<'input'>, 'id'> & {
  label: string;
  hint?: string | undefined;
  /** In words, beside what it is about. */
  error?: string | undefined;
  /** At the end, inside. */
  end?: ReactNode;
};

export function Field({ label, hint, error, end, className = '', ...rest }: FieldProps) {
  const id = useId();
  const about = error ?? hint;
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1.5 block text-sm font-medium text-ink">
        {label}
      </label>
      <div className="relative">
        <input
          id={id}
          aria-invalid={error ? true : undefined}
          aria-describedby={about ? `${id}-about` : undefined}
          className={`w-full rounded-xl border bg-surface px-3.5 py-2.5 text-base text-ink transition-colors focus:border-accent focus:outline-2 focus:outline-offset-0 focus:outline-accent/30 ${error ? 'border-danger' : 'border-outline/60'} ${end ? 'pe-12' : ''}`}
          {...rest}
        />
        {end && <div className="absolute inset-y-0 end-1 flex items-center">{end}</div>}
      </div>
      {about && (
        <p
          key={error}
          id={`${id}-about`}
          role={error ? 'alert' : undefined}
          className={`mt-1.5 text-sm ${error ? 'text-danger' : 'text-soft'}`}
        >
          {about}
        </p>
      )}
    </div>
  );
}

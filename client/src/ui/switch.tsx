interface SwitchProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onChange: (checked: boolean) => void;
}

/** Something that is on or off, at once. */
export function Switch({ label, hint, checked, disabled = false, onChange }: SwitchProps) {
  return (
    <label className={`relative flex items-center gap-4 py-2 ${disabled ? 'opacity-60' : 'cursor-pointer'}`}>
      <span className="min-w-0 flex-1">
        <span className="block text-sm font-medium">{label}</span>
        {hint && <span className="block text-sm text-soft">{hint}</span>}
      </span>
      <input
        type="checkbox"
        role="switch"
        className="peer sr-only"
        checked={checked}
        aria-checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span
        aria-hidden="true"
        className="relative h-6 w-10.5 shrink-0 rounded-full forced-color-adjust-none bg-outline/60 transition-colors peer-checked:bg-accent peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-accent after:absolute after:start-0.5 after:top-0.5 after:size-5 after:rounded-full after:bg-white after:shadow-bubble after:transition-transform peer-checked:after:translate-x-4.5 rtl:peer-checked:after:-translate-x-4.5"
      />
    </label>
  );
}

const rows = ['w-24', 'w-32', 'w-20', 'w-28', 'w-36', 'w-24'] as const;

/** What a list looks like while it is on its way. */
export function SkeletonRows() {
  return (
    <div aria-hidden="true" className="animate-breathe px-2">
      {rows.map((width, index) => (
        <div key={`${width}${index.toString()}`} className="flex items-center gap-3 px-3 py-3">
          <span className="size-12 rounded-full bg-field" />
          <span className="flex flex-1 flex-col gap-2">
            <span className={`h-3.5 rounded bg-field ${width}`} />
            <span className="h-3 w-full max-w-44 rounded bg-field" />
          </span>
        </div>
      ))}
    </div>
  );
}

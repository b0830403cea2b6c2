export type Progress = 'sending' | 'sent' | 'delivered' | 'read' | 'failed';

const one = 'M1 6.300l3 3.200L10.200 2.500';
const two = 'M6.800 8.500l.900 1L14.500 2.500';

/** Where a message of mine is. Said in words to whoever can't see it. */
export function Ticks({ progress, label, className = '' }: { progress: Progress; label: string; className?: string }) {
  const double = progress === 'delivered' || progress === 'read';
  const colour = progress === 'read' ? 'text-read' : progress === 'failed' ? 'text-danger' : '';
  return (
    <span role="img" aria-label={label} title={label} className={`inline-flex shrink-0 ${colour} ${className}`} data-progress={progress}>
      <svg viewBox="0 0 15.500 12" className="h-3 w-[15.5px]" aria-hidden="true" fill="none" stroke="currentColor">
        <g strokeWidth="1.500" strokeLinecap="round" strokeLinejoin="round">
          {progress === 'sending' && (
            <path d="M8 1.500a4.500 4.500 0 1 0 0 9 4.500 4.500 0 0 0 0-9zM8 3.800V6l1.500 1" strokeWidth="1.200" />
          )}
          {progress === 'failed' && (
            <path d="M8 1.500a4.500 4.500 0 1 0 0 9 4.500 4.500 0 0 0 0-9zM8 3.800v2.600M8 8.400v.01" strokeWidth="1.300" />
          )}
          {progress === 'sent' && <path d={one} transform="translate(2)" />}
          {double && <path d={one} />}
          {double && <path d={two} />}
        </g>
      </svg>
    </span>
  );
}

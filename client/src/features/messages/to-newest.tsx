import { useTexts } from '../../texts/texts.tsx';
import { Icon } from '../../ui/icon.tsx';

export function ToNewest({ count, onClick }: { count: number; onClick: () => void }) {
  const { conversation } = useTexts();
  const label = count > 0 ? `${conversation.toNewest}, ${conversation.newCount(count)}` : conversation.toNewest;
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      onClick={onClick}
      className="absolute end-4 bottom-3 flex size-11 animate-appear items-center justify-center rounded-full bg-raised text-soft shadow-float hover:text-ink"
    >
      <Icon name="down" />
      {count > 0 && (
        <span className="absolute -top-1.5 rounded-full bg-accent px-1.5 text-2xs font-bold text-on-accent tabular-nums">{count}</span>
      )}
    </button>
  );
}

import { useTexts } from '../../texts/texts.tsx';
import type { BubbleView } from './bubble-view.ts';

export function Reactions({ view, onReact }: { view: BubbleView; onReact: (emoji: string, set: boolean) => void }) {
  const { actions } = useTexts();
  return (
    <div className="relative z-1 -mt-1 flex flex-wrap gap-1 px-1.5">
      {view.reactions.map(({ emoji, count, mine }) => (
        <button
          key={emoji}
          type="button"
          aria-pressed={mine}
          aria-label={actions.reaction(emoji, count)}
          onClick={() => onReact(emoji, !mine)}
          className={`flex h-6 animate-appear items-center gap-1 rounded-full border px-2 text-sm transition-colors ${mine ? 'border-accent bg-selected text-accent-strong' : 'border-line bg-surface text-soft hover:bg-hover'}`}
        >
          {emoji}
          {count > 1 && <span className="text-xs font-semibold tabular-nums">{count}</span>}
        </button>
      ))}
    </div>
  );
}

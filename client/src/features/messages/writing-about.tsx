import { useTexts } from '../../texts/texts.tsx';
import { IconButton } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { plainText } from '../../ui/markup.ts';
import type { Writing } from './writing.ts';

/** Above the field: what is answered or changed, and the way out of it. */
export function WritingAbout({ writing, peerName, onEnd }: { writing: Writing; peerName: string; onEnd: () => void }) {
  const { actions } = useTexts();
  if (writing.kind === 'new') return null;
  const { view, kind } = writing;
  const reply = view.mine ? actions.replyingToSelf : actions.replyingTo(peerName);
  return (
    <div className="mx-auto mb-2 flex w-full max-w-3xl animate-rise items-center gap-3 rounded-2xl border-s-[3px] border-accent bg-surface py-1.5 ps-4 pe-1 text-sm">
      <Icon name={kind} className="size-4.5 text-accent" />
      <div className="min-w-0 flex-1">
        <p className="truncate font-semibold text-accent">{kind === 'edit' ? actions.editing : reply}</p>
        <p className="own-direction truncate text-soft">{view.text && plainText(view.text)}</p>
      </div>
      <IconButton icon="close" label={actions.stop} onClick={onEnd} />
    </div>
  );
}

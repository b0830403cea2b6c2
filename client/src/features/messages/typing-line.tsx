import { useAppSelector } from '../../app/hooks.ts';
import { useTexts } from '../../texts/texts.tsx';

/** Has its place whether or not somebody types, so that nothing moves. */
export function TypingLine({ peerId, name }: { peerId: string; name: string }) {
  const { conversation } = useTexts();
  const typing = useAppSelector((state) => state.typing[peerId] ?? false);
  return (
    <div className="flex h-6 items-center px-4 text-xs text-soft sm:px-7">
      {typing && (
        <span className="mx-auto flex w-full max-w-3xl animate-rise items-center gap-2">
          <span aria-hidden="true" className="flex gap-1">
            <i className="size-1.5 animate-dot rounded-full bg-accent" />
            <i className="size-1.5 animate-dot rounded-full bg-accent [animation-delay:150ms]" />
            <i className="size-1.5 animate-dot rounded-full bg-accent [animation-delay:300ms]" />
          </span>
          {conversation.isTyping(name)}
        </span>
      )}
    </div>
  );
}

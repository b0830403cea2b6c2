import type { Message } from '@parley/common/contracts';
import { useMe } from '../../app/hooks.ts';
import { useTexts } from '../../texts/texts.tsx';
import { plainText } from '../../ui/markup.ts';

/** What a message answers: it refers to the other one, so what is deleted there is gone here. */
export function Quote({ message, peerName, onClick }: { message: Message | undefined; peerName: string; onClick: () => void }) {
  const { userId } = useMe();
  const { list, conversation, actions } = useTexts();
  return (
    <button
      type="button"
      onClick={onClick}
      className="mt-0.5 mb-1 block w-full min-w-32 rounded-lg border-s-[3px] border-accent bg-ink/6 px-2.5 py-1 text-start text-sm/5"
    >
      {message ? (
        <>
          <span className="own-direction block truncate font-semibold text-accent-strong">
            {message.senderId === userId ? list.you : peerName}
          </span>
          <span className={`own-direction line-clamp-2 ${message.content ? '' : 'italic'}`}>
            {message.content ? plainText(message.content.text) : conversation.deleted}
          </span>
        </>
      ) : (
        actions.showQuoted
      )}
    </button>
  );
}

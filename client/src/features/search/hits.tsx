import { useMe } from '../../app/hooks.ts';
import { usePerson } from '../../app/person.ts';
import { useWhen } from '../../app/when.ts';
import { useLaterTexts, useTexts } from '../../texts/texts.tsx';
import { Avatar } from '../../ui/avatar.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { excerptOf, Highlight, wordsOf } from '../../ui/highlight.tsx';
import { plainText } from '../../ui/markup.ts';
import { useRoving } from '../../ui/roving.ts';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import type { Hit, useFinding } from './finding.ts';

interface HitsProps {
  readonly finding: ReturnType<typeof useFinding>;
  /** In one conversation everybody knows with whom. */
  readonly within: boolean;
  readonly onPick: (hit: Hit) => void;
}

/** The messages that were found, each with what was searched for marked. */
export function Hits({ finding: { found, readOn, again }, within, onPick }: HitsProps) {
  const { search } = useLaterTexts();
  const { list, conversation } = useTexts();
  const roving = useRoving<HTMLUListElement>();
  if (found.at === 'nothing') return null;
  if (found.at === 'asking') return <SkeletonRows />;
  if (found.at === 'failed') {
    return (
      <Empty icon="wifi" title={search.failed}>
        <Button look="quiet" onClick={again}>
          {conversation.retry}
        </Button>
      </Empty>
    );
  }
  if (found.at !== 'found') return null;
  const { hits, query, more } = found;
  return (
    <>
      <p role="status" className={hits.length > 0 ? 'sr-only' : 'px-6 py-8 text-center text-sm text-soft'}>
        {hits.length > 0 ? search.count(hits.length, more) : list.notFound(query)}
      </p>
      <ul {...roving} aria-label={search.messages}>
        {hits.map((hit) => (
          <HitRow key={`${hit.conversationId} ${hit.message.seq}`} hit={hit} words={wordsOf(query)} within={within} onPick={onPick} />
        ))}
      </ul>
      {more && (
        <div className="flex justify-center py-3">
          <Button look="bare" onClick={readOn}>
            {list.more}
          </Button>
        </div>
      )}
    </>
  );
}

interface HitRowProps extends Pick<HitsProps, 'within' | 'onPick'> {
  readonly hit: Hit;
  readonly words: readonly string[];
}

function HitRow({ hit, words, within, onPick }: HitRowProps) {
  const { list } = useTexts();
  const { userId } = useMe();
  const { message, peerId } = hit;
  const peer = usePerson(peerId);
  const when = useWhen();
  const mine = message.senderId === userId;
  return (
    <li>
      <button
        type="button"
        data-roving
        onClick={() => onPick(hit)}
        className="mx-2 flex w-[calc(100%-1rem)] items-start gap-3 rounded-xl px-3 py-2.5 text-start transition-colors hover:bg-hover"
      >
        {!within && <Avatar size="medium" userId={peerId} name={peer.name} pictureId={peer.pictureId} />}
        <span className="min-w-0 flex-1">
          <span className="flex items-baseline gap-2">
            <span className="own-direction min-w-0 flex-1 truncate text-sm font-semibold">{within && mine ? list.you : peer.name}</span>
            <time dateTime={message.sentAt} className="shrink-0 text-xs text-faint tabular-nums">
              {when.short(message.sentAt)}
            </time>
          </span>
          <span className="own-direction mt-0.5 line-clamp-2 text-sm text-soft wrap-anywhere">
            {!within && mine && `${list.you}: `}
            <Highlight text={excerptOf(plainText(message.content?.text ?? ''), words)} words={words} />
          </span>
        </span>
      </button>
    </li>
  );
}

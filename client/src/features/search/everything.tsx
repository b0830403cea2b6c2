import { useFoundPeople } from '../../app/found-people.ts';
import { useMe } from '../../app/hooks.ts';
import { useMatchingPeers } from '../../app/matching.ts';
import { usePerson, usePresenceText } from '../../app/person.ts';
import { go, Link, pathWith } from '../../app/routing.tsx';
import { useLaterTexts } from '../../texts/texts.tsx';
import { Avatar } from '../../ui/avatar.tsx';
import { Highlight, wordsOf } from '../../ui/highlight.tsx';
import { useRoving } from '../../ui/roving.ts';
import { useFinding } from './finding.ts';
import { Hits } from './hits.tsx';

const PEOPLE = 5;

/** Whatever fits what was asked for: chats by the name of their person, people I have no chat with, and messages. */
// biome-ignore lint/style/noDefaultExport: loaded when it is first shown, which React does by the default export.
export default function Everything({ query }: { query: string }) {
  const { search } = useLaterTexts();
  const { userId } = useMe();
  const chats = useMatchingPeers(query);
  const known = new Set([userId, ...chats]);
  const people = (useFoundPeople(query, PEOPLE + 1) ?? []).filter((id) => !known.has(id)).slice(0, PEOPLE);
  const finding = useFinding(query);
  return (
    <div className="pb-4">
      <People title={search.chats} ids={chats} query={query} />
      <People title={search.people} ids={people} query={query} />
      {!isNothing(finding) && <Title text={search.messages} />}
      <Hits finding={finding} within={false} onPick={({ peerId, message }) => go(`${pathWith(peerId)}?at=${message.seq}`)} />
    </div>
  );
}

const isNothing = ({ found }: ReturnType<typeof useFinding>) => found.at === 'found' && found.hits.length === 0;

const Title = ({ text }: { text: string }) => <h2 className="px-5 pt-3 pb-1.5 text-xs font-semibold text-faint">{text}</h2>;

function People({ title, ids, query }: { title: string; ids: readonly string[]; query: string }) {
  const roving = useRoving<HTMLUListElement>();
  if (ids.length === 0) return null;
  return (
    <>
      <Title text={title} />
      <ul {...roving} aria-label={title}>
        {ids.map((id) => (
          <PersonHit key={id} userId={id} words={wordsOf(query)} />
        ))}
      </ul>
    </>
  );
}

function PersonHit({ userId, words }: { userId: string; words: readonly string[] }) {
  const person = usePerson(userId);
  const presence = usePresenceText(person);
  return (
    <li>
      <Link
        to={pathWith(userId)}
        data-roving
        className="mx-2 flex items-center gap-3 rounded-xl px-3 py-2 transition-colors hover:bg-hover aria-[current=page]:bg-selected"
      >
        <Avatar size="medium" userId={userId} name={person.name} pictureId={person.pictureId} online={person.online} />
        <span className="min-w-0 flex-1">
          <span className="block truncate text-sm font-semibold">
            <Highlight text={person.name} words={words} />
          </span>
          <span className={`block truncate text-sm ${person.online ? 'text-accent' : 'text-soft'}`}>{presence}</span>
        </span>
      </Link>
    </li>
  );
}

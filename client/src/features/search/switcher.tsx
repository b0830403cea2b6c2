import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import { useFoundPeople } from '../../app/found-people.ts';
import { useMe } from '../../app/hooks.ts';
import { useMatchingPeers } from '../../app/matching.ts';
import { usePerson, usePresenceText } from '../../app/person.ts';
import { go, pathWith } from '../../app/routing.tsx';
import { useLaterTexts, useTexts } from '../../texts/texts.tsx';
import { Avatar } from '../../ui/avatar.tsx';
import { Highlight, wordsOf } from '../../ui/highlight.tsx';
import { LaterIcon, type LaterIconName } from '../../ui/icon-later.tsx';

const SHOWN = 8;

interface Choice {
  readonly to: string;
  readonly userId?: string;
  readonly page?: { readonly icon: LaterIconName; readonly name: string };
}

/** Two or three letters, Return, and one is there: in a conversation, with somebody new, or on another page. */
// biome-ignore lint/style/noDefaultExport: loaded when it is first shown, which React does by the default export.
export default function Switcher({ onClose }: { onClose: () => void }) {
  const { search } = useLaterTexts();
  const { list } = useTexts();
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const dialog = useRef<HTMLDialogElement>(null);
  const listId = useId();
  const choices = useChoices(query.trim());
  const chosen = Math.min(at, choices.length - 1);
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  useEffect(() => {
    dialog.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);

  const choose = (choice: Choice | undefined) => {
    if (!choice) return;
    onClose();
    go(choice.to);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Enter' && !event.nativeEvent.isComposing) choose(choices[chosen]);
    else if (step) setAt((chosen + step + choices.length) % Math.max(choices.length, 1));
    else return;
    event.preventDefault();
  };

  return (
    <dialog
      ref={dialog}
      aria-label={search.switcher}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onPointerDown={(event) => event.target === event.currentTarget && onClose()}
      className="mx-auto mt-[12vh] mb-auto w-[min(32rem,calc(100vw-1.5rem))] animate-appear overflow-hidden rounded-2xl bg-raised p-0 text-ink shadow-float backdrop:bg-scrim"
    >
      <div className="flex items-center gap-3 border-b border-line px-4">
        <LaterIcon name="search" className="size-5 text-faint" />
        <input
          type="text"
          role="combobox"
          aria-expanded={choices.length > 0}
          aria-controls={listId}
          aria-activedescendant={choices.length > 0 ? `${listId}-${chosen}` : undefined}
          aria-autocomplete="list"
          aria-label={search.switcher}
          placeholder={search.switcherHint}
          autoComplete="off"
          spellCheck={false}
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
          className="h-14 min-w-0 flex-1 bg-transparent text-base focus:outline-none"
        />
      </div>
      <div role="listbox" id={listId} aria-label={search.switcher} className="max-h-[50vh] overflow-y-auto p-1.5">
        {choices.map((choice, index) => (
          // biome-ignore lint/a11y/useFocusableInteractive: as above.
          // biome-ignore lint/a11y/useKeyWithClickEvents: as above.
          <div
            key={choice.to}
            role="option"
            id={`${listId}-${index}`}
            aria-selected={index === chosen}
            onPointerMove={() => setAt(index)}
            onClick={() => choose(choice)}
            className="flex cursor-pointer items-center gap-3 rounded-xl px-3 py-2 aria-selected:bg-hover"
          >
            {choice.userId !== undefined && <PersonChoice userId={choice.userId} words={wordsOf(query)} />}
            {choice.page && <PageChoice {...choice.page} />}
          </div>
        ))}
      </div>
      {choices.length === 0 && (
        <p role="status" className="px-5 pt-2 pb-6 text-center text-sm text-soft">
          {list.notFound(query)}
        </p>
      )}
    </dialog>
  );
}

function useChoices(query: string): readonly Choice[] {
  const { list } = useTexts();
  const { userId } = useMe();
  const chats = useMatchingPeers(query).slice(0, SHOWN);
  const known = new Set([userId, ...chats]);
  const people = (useFoundPeople(query, SHOWN) ?? []).filter((id) => !known.has(id));
  const pages: readonly (Choice & { page: { name: string } })[] = [
    { to: '/people', page: { icon: 'people', name: list.people } },
    { to: '/inbox', page: { icon: 'bell', name: list.inbox } },
    { to: '/archive', page: { icon: 'archive', name: list.archive } },
    { to: '/settings', page: { icon: 'settings', name: list.settings } },
  ];
  const asked = wordsOf(query);
  const fitting = asked.length > 0 ? pages.filter(({ page }) => asked.every((word) => page.name.toLowerCase().startsWith(word))) : [];
  return [...[...chats, ...people].map((id) => ({ to: pathWith(id), userId: id })), ...fitting];
}

function PersonChoice({ userId, words }: { userId: string; words: readonly string[] }) {
  const person = usePerson(userId);
  const presence = usePresenceText(person);
  return (
    <>
      <Avatar size="medium" userId={userId} name={person.name} pictureId={person.pictureId} online={person.online} />
      <span className="min-w-0 flex-1 truncate font-medium">
        <Highlight text={person.name} words={words} />
      </span>
      <span className="shrink-0 text-sm text-soft max-sm:hidden">{presence}</span>
    </>
  );
}

const PageChoice = ({ icon, name }: { icon: LaterIconName; name: string }) => (
  <>
    <span className="flex size-10 items-center justify-center rounded-full bg-field text-soft">
      <LaterIcon name={icon} />
    </span>
    <span className="font-medium">{name}</span>
  </>
);

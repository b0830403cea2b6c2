import { useState } from 'react';
import { useFoundPeople } from '../../app/found-people.ts';
import { useAppSelector, useMe } from '../../app/hooks.ts';
import { useTexts } from '../../texts/texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { useRoving } from '../../ui/roving.ts';
import { SearchField } from '../../ui/search-field.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { selectDirectory, useDirectory } from './directory.ts';
import { PersonRow } from './person-row.tsx';

// biome-ignore lint/style/noDefaultExport: loaded when it is first shown, which React does by the default export.
export default function PeopleList() {
  const { list } = useTexts();
  const [query, setQuery] = useState('');
  return (
    <>
      <div className="px-4 pb-2">
        <SearchField label={list.searchPeople} clearLabel={list.clearSearch} value={query} onChange={setQuery} />
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain">
        {query.trim() ? <Found query={query.trim()} /> : <Everybody />}
      </div>
    </>
  );
}

function Everybody() {
  const { list, conversation } = useTexts();
  const { userId } = useMe();
  const directory = useDirectory();
  const people = useAppSelector(selectDirectory);
  const away = useAppSelector(({ connection }) => connection.notifications.at === 'waiting');
  const others = people.filter((person) => person.userId !== userId);
  if ((directory.failed || away) && others.length === 0) {
    return (
      <Empty icon="wifi" title={list.loadFailed}>
        <Button look="quiet" onClick={directory.readOn}>
          {conversation.retry}
        </Button>
      </Empty>
    );
  }
  if (!directory.begun && !away) return <SkeletonRows />;
  if (others.length === 0) return <Empty icon="people" title={list.nobody} hint={list.nobodyHint} />;
  return (
    <>
      <People ids={others.map((person) => person.userId)} />
      {directory.hasMore && (
        <div className="flex justify-center pb-6">
          <Button look="bare" onClick={directory.readOn}>
            {list.more}
          </Button>
        </div>
      )}
    </>
  );
}

function Found({ query }: { query: string }) {
  const { list } = useTexts();
  const { userId } = useMe();
  const found = useFoundPeople(query);
  if (!found) return <SkeletonRows />;
  const others = found.filter((id) => id !== userId);
  if (others.length === 0) return <Empty icon="search" title={list.notFound(query)} />;
  return <People ids={others} />;
}

function People({ ids }: { ids: readonly string[] }) {
  const { list } = useTexts();
  const roving = useRoving<HTMLUListElement>();
  return (
    <ul {...roving} aria-label={list.people} className="pb-4">
      {ids.map((id) => (
        <PersonRow key={id} userId={id} />
      ))}
    </ul>
  );
}

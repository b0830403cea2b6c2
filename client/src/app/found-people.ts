import { limits } from '@parley/common/contracts/limits';
import { useEffect, useState } from 'react';
import { peopleMet } from '../features/people/people-slice.ts';
import { hasBeginnings, wordsOf } from '../ui/highlight.tsx';
import { useAppDispatch, useAppStore, useParley } from './hooks.ts';

/** A search begins when the keys rest. */
const SEARCH_MS = 200;

/** Who is found by a name; undefined while it is being asked. */
export function useFoundPeople(query: string, limit: number = limits.page): readonly string[] | undefined {
  const parley = useParley();
  const dispatch = useAppDispatch();
  const store = useAppStore();
  const [found, setFound] = useState<readonly string[]>();
  useEffect(() => {
    if (query === '') return setFound([]);
    let current = true;
    const timer = setTimeout(async () => {
      const people = await parley.request('get', '/api/users/search', { q: query.slice(0, limits.searchText), limit }).then(
        (answer) => {
          dispatch(peopleMet(answer.people));
          return answer.people;
        },
        // Without a network, whoever is known on this device.
        () =>
          Object.values(store.getState().people.profiles).filter(({ displayName, userName }) =>
            hasBeginnings(`${displayName} ${userName}`, wordsOf(query)),
          ),
      );
      if (current) setFound(people.slice(0, limit).map(({ userId }) => userId));
    }, SEARCH_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [parley, dispatch, store, query, limit]);
  return found;
}

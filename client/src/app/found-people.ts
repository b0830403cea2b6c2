import { limits } from '@parley/common/contracts/limits';
import { useEffect, useState } from 'react';
import { peopleMet } from '../features/people/people-slice.ts';
import { useAppDispatch, useParley } from './hooks.ts';

/** A search begins when the keys rest. */
const SEARCH_MS = 200;

/** Who is found by a name; undefined while it is being asked. */
export function useFoundPeople(query: string, limit: number = limits.page): readonly string[] | undefined {
  const parley = useParley();
  const dispatch = useAppDispatch();
  const [found, setFound] = useState<readonly string[]>();
  useEffect(() => {
    if (query === '') return setFound([]);
    let current = true;
    const timer = setTimeout(async () => {
      const { people } = await parley
        .request('get', '/api/users/search', { q: query.slice(0, limits.searchText), limit })
        .catch(() => ({ people: [] }));
      if (!current) return;
      dispatch(peopleMet(people));
      setFound(people.map(({ userId }) => userId));
    }, SEARCH_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [parley, dispatch, query, limit]);
  return found;
}

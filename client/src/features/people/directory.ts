import { limits } from '@parley/common/contracts/limits';
import { byOnlineFirst } from '@parley/common/contracts/people-order';
import { useCallback, useEffect, useState } from 'react';
import { useAppDispatch, useAppSelector, useParley } from '../../app/hooks.ts';
import { remembered } from '../../app/remembered.ts';
import { directoryRead, selectPresence, type WithPeople } from './people-slice.ts';

/** The list of people as far as it was read, and reading on. It is read anew with each connection: nobody told meanwhile. */
export function useDirectory() {
  const parley = useParley();
  const dispatch = useAppDispatch();
  const after = useAppSelector(({ people }) => people.after);
  const connected = useAppSelector(({ connection }) => connection.notifications.at === 'open');
  const [failed, setFailed] = useState(false);
  const read = useCallback(
    (from: string | undefined) =>
      parley.request('get', '/api/users', { limit: limits.page, ...(from && { after: from }) }).then(
        (page) => {
          dispatch(directoryRead({ ...page, begin: !from }));
          setFailed(false);
        },
        () => setFailed(true),
      ),
    [parley, dispatch],
  );
  useEffect(() => {
    if (connected) void read(undefined);
  }, [connected, read]);
  return { begun: after !== undefined, failed, hasMore: Boolean(after), readOn: () => void read(after ?? undefined) };
}

/** Whose list it is, online first, then by name; before it was read, those whose names are kept on this device. */
export const selectDirectory = remembered(
  ({ people }: WithPeople) => people,
  (people) =>
    (people.after === undefined ? Object.keys(people.profiles) : people.directory)
      .flatMap((id) => people.profiles[id] ?? [])
      .map((profile) => ({ ...profile, presence: selectPresence({ people }, profile.userId).state }))
      .sort(byOnlineFirst),
);

import { limits } from '@parley/common/contracts/limits';
import { useEffect, useRef } from 'react';
import { peopleMet } from '../features/people/people-slice.ts';
import { useAppDispatch, useAppSelector, useMe, useParley } from './hooks.ts';
import { kept } from './kept.ts';
import { peerIn, usePlace } from './routing.tsx';

/** Learns how the people of my conversations appear: all of them with each connection, and whoever is new. */
export function useMeeting() {
  const parley = useParley();
  const dispatch = useAppDispatch();
  const { userId } = useMe();
  const peers = useAppSelector(({ conversations }) => conversations.byPeer);
  const opened = usePeerInPath();
  const connected = useAppSelector(({ connection }) => connection.notifications.at === 'open');
  const asked = useRef(new Set<string>());

  useEffect(() => {
    if (!connected) asked.current.clear();
  }, [connected]);
  useEffect(() => {
    if (!connected) return;
    const ids = [userId, ...Object.keys(peers), ...(opened ? [opened] : [])].filter((id) => !asked.current.has(id));
    for (let start = 0; start < ids.length; start += limits.page) {
      const userIds = ids.slice(start, start + limits.page);
      for (const id of userIds) asked.current.add(id);
      parley.request('post', '/api/users/profiles', { userIds }).then(
        ({ people }) => dispatch(peopleMet(people)),
        () => userIds.forEach((id) => void asked.current.delete(id)),
      );
    }
  }, [parley, dispatch, userId, peers, opened, connected]);
}

/** Names are there at once at the next start, also without a network. */
export function useKeepingNames() {
  const { userId } = useMe();
  const peers = useAppSelector(({ conversations }) => conversations.byPeer);
  const profiles = useAppSelector(({ people }) => people.profiles);
  useEffect(() => {
    const known = [userId, ...Object.keys(peers)].slice(0, limits.roomsPerDevice).flatMap((id) => profiles[id] ?? []);
    if (known.length > 0) kept.keep(userId, 'profiles', known);
  }, [userId, peers, profiles]);
}

/** Says whom this screen shows, so that their presence comes live. */
export function useWatching() {
  const parley = useParley();
  const connected = useAppSelector(({ connection }) => connection.notifications.at === 'open');
  const directory = useAppSelector(({ people }) => people.directory);
  const opened = usePeerInPath();
  const showsPeople = usePlace().pathname.startsWith('/people');
  const watched = [...(opened ? [opened] : []), ...(showsPeople ? directory : [])].slice(0, limits.watchedPeople).join();
  useEffect(() => {
    if (!connected) return;
    parley.watch(watched ? watched.split(',') : [], showsPeople);
  }, [parley, connected, watched, showsPeople]);
}

const usePeerInPath = () => peerIn(usePlace().pathname);

import type { Person, Presence } from '@parley/common/contracts';
import { expect, test } from 'vitest';
import { frame } from '../../app/told.ts';
import { selectDirectory } from './directory.ts';
import { directoryRead, peopleMet, peopleSlice, selectPresence } from './people-slice.ts';

const person = (userId: string, presence: Person['presence'] = 'offline', number = 1): Person => ({
  userId,
  userName: userId,
  displayName: userId,
  about: '',
  pictureId: null,
  profileNumber: number,
  presence,
  lastSeenAt: null,
  presenceNumber: number,
});
const presence = (userId: string, state: Presence['state'], number: number): Presence => ({ userId, state, lastSeenAt: null, number });
const { reducer, getInitialState } = peopleSlice;
const after = (...actions: Parameters<typeof reducer>[1][]) => ({ people: actions.reduce(reducer, getInitialState()) });

test('[D5] reading and then hearing that somebody came ends as hearing and then reading does', () => {
  const read = peopleMet([person('ada', 'offline', 1)]);
  const heard = frame.presence({ type: 'presence', people: [presence('ada', 'online', 2)] });
  for (const state of [after(read, heard), after(heard, read)]) expect(selectPresence(state, 'ada').state).toBe('online');
});

test('[D5] the same of how somebody looks', () => {
  const read = peopleMet([person('ada', 'offline', 1)]);
  const { userId, userName, about, pictureId } = person('ada');
  const profile = { userId, userName, displayName: 'Countess', about, pictureId };
  const heard = frame.person({ type: 'person', profile, profileNumber: 2, isNew: false });
  for (const state of [after(read, heard), after(heard, read)]) expect(state.people.profiles['ada']?.displayName).toBe('Countess');
});

test('a snapshot begins anew: its numbers hold, and whoever is not named is away', () => {
  const before = frame.presence({ type: 'presence', people: [presence('ada', 'online', 9), presence('bob', 'online', 9)] });
  const snapshot = frame.presence({ type: 'presence', people: [presence('ada', 'online', 1)], snapshot: true });
  const state = after(before, snapshot);
  expect([selectPresence(state, 'ada').state, selectPresence(state, 'bob').state]).toEqual(['online', 'offline']);
});

test('[D5] when somebody was seen last holds, whether it is read before the snapshot or after it', () => {
  const lastSeenAt = '2026-01-01T00:00:00.000Z';
  const snapshot = frame.presence({ type: 'presence', people: [], snapshot: true });
  const unknown = frame.presenceUnknown({ type: 'presence-unknown' });
  const read = peopleMet([{ ...person('ada', 'offline', 9), lastSeenAt }]);
  for (const state of [after(snapshot, read), after(read, snapshot), after(unknown, read, snapshot), after(read, unknown, snapshot)])
    expect(selectPresence(state, 'ada')).toMatchObject({ state: 'offline', lastSeenAt });
  // The numbers of the snapshot are another count than the one that was read.
  const came = frame.presence({ type: 'presence', people: [presence('ada', 'online', 1)] });
  expect(selectPresence(after(read, snapshot, came), 'ada').state).toBe('online');
});

test('whoever was read as here and is not in the snapshot has gone, nobody knows when', () => {
  const read = peopleMet([{ ...person('ada', 'online', 9), lastSeenAt: '2026-01-01T00:00:00.000Z' }]);
  const state = after(read, frame.presence({ type: 'presence', people: [], snapshot: true }));
  expect(selectPresence(state, 'ada')).toMatchObject({ state: 'offline', lastSeenAt: null });
});

test('while nobody can tell, nobody is said to be away', () => {
  const unknown = frame.presenceUnknown({ type: 'presence-unknown' });
  const read = peopleMet([person('ada', 'offline')]);
  for (const state of [after(unknown), after(unknown, read), after(read, unknown)])
    expect(selectPresence(state, 'ada').state).toBe('unknown');
});

test('the list stands online first, and somebody new appears in it by themselves', () => {
  const { userId, userName, displayName, about, pictureId } = person('cleo');
  const state = after(
    frame.presence({ type: 'presence', people: [], snapshot: true }),
    directoryRead({ people: [person('bob'), person('ada', 'online')], after: null, begin: true }),
    frame.person({ type: 'person', profile: { userId, userName, displayName, about, pictureId }, profileNumber: 1, isNew: true }),
    frame.presence({ type: 'presence', people: [presence('cleo', 'online', 1)] }),
  );
  expect(selectDirectory(state).map((one) => one.userId)).toEqual(['ada', 'cleo', 'bob']);
});

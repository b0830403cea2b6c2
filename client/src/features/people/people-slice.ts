import type { Person, Presence, Profile } from '@parley/common/contracts';
import { createSlice, type PayloadAction } from '@reduxjs/toolkit';
import { forgotten, frame } from '../../app/told.ts';

export interface KnownProfile extends Profile {
  readonly profileNumber: number;
}

interface State {
  readonly profiles: Record<string, KnownProfile>;
  readonly presence: Record<string, Presence>;
  /** False: nobody can tell just now who is here, and of `presence` only when somebody was seen last outlives it. */
  readonly presenceKnown: boolean;
  /** Those that the list of people has brought so far, and where it goes on; undefined: it was not read yet. */
  readonly directory: readonly string[];
  readonly after: string | null | undefined;
  /** Heard of, and perhaps not in a list that was on its way meanwhile; and the other way round. */
  readonly newcomers: readonly string[];
  readonly gone: readonly string[];
}

const initialState: State = { profiles: {}, presence: {}, presenceKnown: false, directory: [], after: undefined, newcomers: [], gone: [] };

const presenceOf = ({ userId, presence, lastSeenAt, presenceNumber }: Person): Presence => ({
  userId,
  state: presence,
  lastSeenAt,
  number: presenceNumber,
});

/** Of two tellings the one with the higher number holds, of two with the same the later. */
function takePresence(state: State, told: readonly Presence[]) {
  for (const presence of told) {
    if (state.gone.includes(presence.userId)) continue;
    const known = state.presence[presence.userId];
    if (!known || presence.number >= known.number) state.presence[presence.userId] = presence;
  }
}

function takeProfile(state: State, profile: KnownProfile) {
  if (state.gone.includes(profile.userId)) return;
  const known = state.profiles[profile.userId];
  if (!known || profile.profileNumber >= known.profileNumber) state.profiles[profile.userId] = profile;
}

function takePeople(state: State, people: readonly Person[]) {
  for (const person of people) {
    const { userId, userName, displayName, about, pictureId, profileNumber } = person;
    takeProfile(state, { userId, userName, displayName, about, pictureId, profileNumber });
  }
  takePresence(state, people.map(presenceOf));
}

/** Whoever a snapshot does not name is away. When they were seen last still holds; it gives way to whatever is told next. */
function beginAnew(state: State) {
  for (const [userId, { state: was, lastSeenAt }] of Object.entries(state.presence)) {
    if (was === 'online' || lastSeenAt === null) delete state.presence[userId];
    else state.presence[userId] = { userId, state: 'offline', lastSeenAt, number: 0 };
  }
}

export const peopleSlice = createSlice({
  name: 'people',
  initialState,
  reducers: {
    peopleMet: (state, { payload }: PayloadAction<readonly Person[]>) => takePeople(state, payload),
    profilesRestored(state, { payload }: PayloadAction<readonly KnownProfile[]>) {
      for (const profile of payload) takeProfile(state, profile);
    },
    directoryRead(state, { payload }: PayloadAction<{ people: readonly Person[]; after: string | null; begin: boolean }>) {
      const ids = payload.people.map(({ userId }) => userId);
      const before = payload.begin ? state.newcomers : state.directory;
      state.directory = [...new Set([...ids, ...before])].filter((id) => !state.gone.includes(id));
      state.after = payload.after;
      takePeople(state, payload.people);
    },
  },
  extraReducers: (builder) =>
    builder
      .addCase(frame.presence, (state, { payload }) => {
        if (payload.snapshot) beginAnew(state);
        state.presenceKnown = true;
        takePresence(state, payload.people);
      })
      .addCase(frame.presenceUnknown, (state) => {
        state.presenceKnown = false;
      })
      .addCase(frame.person, (state, { payload: { profile, profileNumber, isNew } }) => {
        takeProfile(state, { ...profile, profileNumber });
        if (!isNew || state.gone.includes(profile.userId)) return;
        if (!state.newcomers.includes(profile.userId)) state.newcomers.push(profile.userId);
        if (state.after !== undefined && !state.directory.includes(profile.userId)) state.directory.push(profile.userId);
      })
      .addCase(frame.personGone, (state, { payload: { userId } }) => {
        state.gone.push(userId);
        delete state.profiles[userId];
        delete state.presence[userId];
        state.directory = state.directory.filter((id) => id !== userId);
      })
      .addCase(forgotten, () => initialState),
});

export const { peopleMet, profilesRestored, directoryRead } = peopleSlice.actions;

export type WithPeople = { people: State };

export const selectProfile = ({ people }: WithPeople, userId: string): KnownProfile | undefined => people.profiles[userId];

type Seen = Pick<Presence, 'state' | 'lastSeenAt'>;
const away: Seen = { state: 'offline', lastSeenAt: null };
const untold: Seen = { state: 'unknown', lastSeenAt: null };

/** Whoever is not named in what is known is not here; while nobody can tell who is here, what was read of them can't either. */
export const selectPresence = ({ people }: WithPeople, userId: string): Seen =>
  people.presenceKnown ? (people.presence[userId] ?? away) : untold;

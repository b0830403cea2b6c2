import { z } from 'zod';
import { DisplayName } from '../display-name.ts';
import { Instant, PresenceState, Profile, personText, UserId } from '../entities.ts';
import { limits } from '../limits.ts';
import type { Route } from './route.ts';

/**
 * A person in the list: how they appear and whether they are here. The two numbers are those of `user.updated` and of
 * the presence events, so that whoever holds a live one that is newer keeps it.
 */
export const Person = Profile.extend({
  profileNumber: z.int().min(0),
  presence: PresenceState,
  lastSeenAt: Instant.nullable(),
  presenceNumber: z.int().min(0),
});
export type Person = z.infer<typeof Person>;

const Limit = z.coerce.number().int().min(1).max(limits.page).default(50);
/** Where the page before ended; opaque to the client. */
const After = z.string().max(512).optional();
const People = z.object({ people: z.array(Person), after: z.string().nullable() });

/** What users keeps of a person, for them to take along. */
export const ProfileExport = z.object({
  profile: Profile.omit({ pictureId: true }).extend({ registeredAt: Instant }),
  picture: z.object({ mediaType: z.string(), base64: z.string() }).nullable(),
  lastSeenAt: Instant.nullable(),
  hidesLastSeen: z.boolean(),
  /** Whom I block. */
  blocked: z.array(UserId),
});
export type ProfileExport = z.infer<typeof ProfileExport>;

const pictureTypes = ['image/png', 'image/jpeg', 'image/webp'];

export const userRoutes = {
  listPeople: {
    service: 'users',
    method: 'get',
    path: '/api/users',
    access: 'session',
    summary: 'The people here, online first or by name.',
    input: z.object({
      sort: z.enum(['online', 'name']).default('online'),
      direction: z.enum(['ascending', 'descending']).default('ascending'),
      after: After,
      limit: Limit,
    }),
    output: People,
    errors: [],
  },
  searchPeople: {
    service: 'users',
    method: 'get',
    path: '/api/users/search',
    access: 'session',
    summary: 'People whose name or user name has a word that begins so.',
    input: z.object({ q: personText(limits.searchText).trim().min(1), after: After, limit: Limit }),
    output: People,
    errors: [],
  },
  /** Before the route of one person, so that `me` is never taken for an id. */
  updateMe: {
    service: 'users',
    method: 'patch',
    path: '/api/users/me',
    access: 'session',
    summary: 'Change how I appear.',
    input: z.object({
      displayName: DisplayName.optional(),
      about: personText(limits.about).trim().optional(),
    }),
    output: Person,
    errors: [],
  },
  setPicture: {
    service: 'users',
    method: 'put',
    path: '/api/users/me/picture',
    access: 'session',
    summary: 'Set my picture: the bytes of a PNG, JPEG or WebP as the body.',
    input: z.object({}),
    output: Person,
    upload: { mediaTypes: pictureTypes, bytes: limits.pictureBytes },
    errors: ['too-large', 'unsupported-media'],
  },
  removePicture: {
    service: 'users',
    method: 'delete',
    path: '/api/users/me/picture',
    access: 'session',
    summary: 'Remove my picture.',
    input: z.object({}),
    output: Person,
    errors: [],
  },
  profiles: {
    service: 'users',
    method: 'post',
    path: '/api/users/profiles',
    access: 'session',
    summary: 'How these people appear; whoever is gone is left out.',
    input: z.object({ userIds: z.array(UserId).min(1).max(limits.page) }),
    output: z.object({ people: z.array(Person) }),
    errors: [],
  },
  /** Before the route of one person, too. */
  exportProfile: {
    service: 'users',
    method: 'get',
    path: '/api/users/export',
    access: 'session',
    summary: 'All that users keeps of me.',
    input: z.object({}),
    output: ProfileExport,
    errors: [],
  },
  person: {
    service: 'users',
    method: 'get',
    path: '/api/users/:userId',
    access: 'session',
    summary: 'One person.',
    input: z.object({ userId: UserId }),
    output: Person,
    errors: ['person-not-found'],
  },
  names: {
    service: 'users',
    method: 'post',
    path: '/internal/users/names',
    access: 'internal',
    summary: 'How these people are called; whoever is gone is left out.',
    input: z.object({ userIds: z.array(UserId).min(1).max(limits.page) }),
    output: z.object({ people: z.array(Profile.pick({ userId: true, displayName: true })) }),
    errors: [],
  },
  picture: {
    service: 'users',
    method: 'get',
    path: '/api/users/:userId/picture/:pictureId',
    access: 'session',
    summary: 'The bytes of a picture; they never change under this address.',
    input: z.object({ userId: UserId, pictureId: z.string().max(64) }),
    output: z.instanceof(Uint8Array),
    download: { mediaTypes: pictureTypes },
    errors: ['not-found'],
  },
} as const satisfies Record<string, Route>;

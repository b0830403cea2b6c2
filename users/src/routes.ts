import { limits, ParleyError, type Person, userRoutes } from '@parley/common/contracts';
import { type Caller, type Http, type RateLimit, readBytes } from '@parley/common/server';
import type { Pool } from 'pg';
import { type Listing, listPeople, type Page } from './directory.ts';
import { exportProfile } from './export.ts';
import type { PageCache } from './page-cache.ts';
import type { Known } from './people.ts';
import type { Pictures } from './pictures.ts';
import type { Profiles } from './profiles.ts';
import { type Searching, searchPeople } from './search.ts';
import { findViewer, shownTo, type Viewer } from './viewer.ts';

export interface Answering {
  readonly database: Pool;
  readonly pages: PageCache;
  readonly profiles: Profiles;
  readonly pictures: Pictures;
  /** How often one person may. */
  readonly limit: { readonly searching: RateLimit; readonly changing: RateLimit };
  /** Whether this pod would know if somebody came or went. */
  readonly hearing: () => boolean;
}

export function answerUsers({ answer }: Pick<Http, 'answer'>, answering: Answering) {
  const { database, profiles, pictures, limit, hearing } = answering;
  const show = (viewer: Viewer, people: readonly Known[]) => people.map((person) => shownTo(viewer, person, hearing()));
  const showOne = async ({ userId }: Caller, person: Known) => shownTo(await findViewer(database, userId), person, hearing());

  answer(userRoutes.listPeople, async (listing, { caller }) => {
    const viewer = await findViewer(database, caller.userId);
    const { people, after } = await list(answering, listing, viewer);
    return { people: show(viewer, people), after };
  });
  answer(userRoutes.searchPeople, async (searching, { caller }) => {
    await limit.searching.take(caller.userId);
    const [viewer, { people, after }] = await Promise.all([findViewer(database, caller.userId), search(answering, searching)]);
    return { people: show(viewer, people), after };
  });
  answer(userRoutes.profiles, async ({ userIds }, { caller }) => {
    const [viewer, people] = await Promise.all([findViewer(database, caller.userId), profiles.find(userIds)]);
    return { people: show(viewer, people) };
  });
  answer(userRoutes.names, async ({ userIds }) => ({
    people: (await profiles.find(userIds)).map(({ userId, displayName }) => ({ userId, displayName })),
  }));
  answer(userRoutes.exportProfile, (_, { caller, response }) => {
    response.attachment('parley-profile.json');
    return exportProfile(database, caller.userId);
  });
  answer(userRoutes.person, async ({ userId }, { caller }) => {
    const [person] = await profiles.find([userId]);
    if (!person) throw new ParleyError('person-not-found');
    return showOne(caller, person);
  });

  const changing = async (caller: Caller, change: () => Promise<Known>): Promise<Person> => {
    await limit.changing.take(caller.userId);
    return showOne(caller, await change());
  };
  answer(userRoutes.updateMe, (change, { caller }) => changing(caller, () => profiles.change(caller.userId, defined(change))));
  answer(userRoutes.setPicture, (_, { caller, request }) =>
    changing(caller, async () => pictures.set(caller.userId, await readBytes(request, limits.pictureBytes))),
  );
  answer(userRoutes.removePicture, (_, { caller }) => changing(caller, () => pictures.remove(caller.userId)));
  answer(userRoutes.picture, async ({ userId, pictureId }, { response }) => {
    const { mediaType, bytes } = await pictures.find(userId, pictureId);
    response.set({ 'content-type': mediaType, 'cache-control': NEVER_CHANGES, 'content-security-policy': HARMLESS });
    response.end(bytes);
    return bytes;
  });
}

const NEVER_CHANGES = 'private, max-age=31536000, immutable';
/** A picture that is opened by itself runs nothing and reaches nothing. */
const HARMLESS = "default-src 'none'; sandbox";

/** Only first pages are kept: few, and what everybody asks for. Who stands apart from somebody for a block sees another order. */
function list({ database, pages }: Answering, listing: Listing, { blocks }: Viewer): Promise<Page> {
  const { sort, direction, after, limit } = listing;
  const read = () => listPeople(database, listing, blocks);
  const everybodys = after === undefined && (sort === 'name' || blocks.size === 0);
  return everybodys ? pages.read(`list:${sort}:${direction}:${limit}`, read) : read();
}

/** Beginnings so short are typed by many, and there are not many of them. */
const OFTEN_TYPED = 3;

function search({ database, pages }: Answering, searching: Searching): Promise<Page> {
  const { q, after, limit } = searching;
  const read = () => searchPeople(database, searching);
  return after === undefined && q.length <= OFTEN_TYPED ? pages.read(`search:${q}:${limit}`, read) : read();
}

const defined = <T extends object>(fields: T) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;

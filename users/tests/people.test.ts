import { randomUUID } from 'node:crypto';
import { type Fact, userRoutes } from '@parley/common/contracts';
import { until } from '@parley/common/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AT, find, names, page, registered, search, startOne, type Users } from './cast.ts';

let users: Users;
beforeAll(async () => {
  users = await startOne();
});
afterAll(() => users[Symbol.asyncDispose]());

test('who registers is in the list and in the search, by the names they gave', async () => {
  const [ada] = await users.register({ displayName: 'Ada Lovelace', userName: 'ada' });
  const expected = {
    userId: ada.userId,
    userName: 'ada',
    displayName: 'Ada Lovelace',
    about: '',
    pictureId: null,
    profileNumber: 0,
    presence: 'offline',
    lastSeenAt: null,
    presenceNumber: 0,
  };
  expect((await page(users.visitor)).people).toEqual([expected]);
  expect((await search(users.visitor, 'LOVE')).people).toEqual([expected]);
  expect(await users.visitor.browser.call(userRoutes.person, { userId: ada.userId })).toEqual(expected);
});

test('who deletes their account is nowhere any more, and nothing of them is kept but a number', async () => {
  const [gone, stays] = await users.register({ displayName: 'Gone Girl', userName: 'gone' }, { displayName: 'Gone Not' });
  await users.move(gone.userId, 'user.online', 1);
  await users.remove(gone.userId, 7);

  expect(names((await search(users.visitor, 'gone')).people)).toEqual(['Gone Not']);
  expect(names((await page(users.visitor)).people)).not.toContain('Gone Girl');
  expect(await find(users.visitor, gone.userId)).toBeUndefined();
  expect(await find(users.visitor, stays.userId)).toBeDefined();
  await expect(users.visitor.browser.call(userRoutes.person, { userId: gone.userId })).rejects.toMatchObject({ code: 'person-not-found' });
  expect(await kept(gone.userId)).toEqual(tombstone(7));
});

test('presence is that of the newest number, whichever order the events come in', async () => {
  const [ada] = await users.register({ displayName: 'Here And There' });
  await users.move(ada.userId, 'user.online', 3);
  await users.move(ada.userId, 'user.offline', 2);
  await users.settled();
  expect(await find(users.visitor, ada.userId)).toMatchObject({ presence: 'online', presenceNumber: 3, lastSeenAt: AT });
  await users.move(ada.userId, 'user.offline', 4);
  await until(async () => (await find(users.visitor, ada.userId))?.presence === 'offline');
});

/** Which events there are of one person. */
const Life = fc.record({
  registers: fc.boolean(),
  leaves: fc.boolean(),
  moves: fc.array(fc.constantFrom('user.online', 'user.offline'), { maxLength: 4 }),
});
type Life = typeof Life extends fc.Arbitrary<infer T> ? T : never;
/** An order, in which some are told again. */
const Order = fc.array(fc.double({ noNaN: true, min: 0, max: 1 }), { minLength: 12, maxLength: 12 });

test('events that come twice and in any order end in the same state', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(Life, Order), { minLength: 1, maxLength: 30 }), async (lives) => {
      const people = lives.map(([life, order]) => ({ life, order, userId: randomUUID() }));
      const told = people.flatMap(({ life, order, userId }) => shuffled(factsOf(userId, life), order));
      told.sort((one, other) => one.place - other.place);
      await Promise.all(told.map(({ fact }) => users.pod.world.bus.publish(fact.name, fact.data)));
      await users.settled();
      for (const { userId, life } of people) expect(await kept(userId)).toEqual(expectedOf(userId, life));
    }),
    { numRuns: 6, endOnFailure: true },
  );
});

const LAST = 9;

function factsOf(userId: string, { registers, leaves, moves }: Life): Fact[] {
  return [
    ...(registers ? [{ name: 'user.registered', data: registered({ userId, displayName: 'Élan Vital' }) } as const] : []),
    ...moves.map((name, index) => ({ name, data: { userId, number: index + 1, at: AT } }) as Fact),
    ...(leaves ? [{ name: 'user.deleted', data: { userId, number: LAST, at: AT } } as const] : []),
  ];
}

const shuffled = (facts: readonly Fact[], order: readonly number[]) =>
  [...facts, ...facts.slice(0, 4)].map((fact, index) => ({ fact, place: order[index % order.length] as number }));

function expectedOf(userId: string, { registers, leaves, moves }: Life) {
  if (leaves) return tombstone(LAST);
  if (!registers && moves.length === 0) return;
  const presence = { away: moves.at(-1) !== 'user.online', presence_number: moves.length, seen_at: moves.length ? new Date(AT) : null };
  if (!registers) return { ...tombstone(0), ...presence, gone: false };
  return {
    ...tombstone(1),
    ...presence,
    gone: false,
    registered_at: new Date(AT),
    user_name: `user-${userId.slice(0, 8)}`,
    display_name: 'Élan Vital',
    name_key: 'elan vital',
    keys: [`0user-${userId.slice(0, 8)}`, '1elan vital', `1${userId.slice(0, 8)} user`, '1vital elan'].sort(),
  };
}

const tombstone = (number: number) => ({
  account_number: number,
  gone: true,
  registered_at: null as Date | null,
  user_name: null as string | null,
  display_name: null as string | null,
  name_key: null as string | null,
  about: '',
  picture_id: null,
  profile_number: 0,
  away: true,
  presence_number: null as number | null,
  seen_at: null as Date | null,
  hides_last_seen: false,
  keys: [] as string[],
});

/** All that is kept of somebody. */
async function kept(userId: string) {
  const { database } = users.pod.world;
  const { rows } = await database.query('SELECT * FROM people WHERE user_id = $1', [userId]);
  const found = await database.query<{ key: string }>('SELECT key FROM search_keys WHERE user_id = $1 ORDER BY key', [userId]);
  if (!rows[0]) return;
  const { user_id: _, search_keys: keys, ...row } = rows[0];
  expect(keys).toEqual(found.rows.map(({ key }) => key));
  return { ...row, keys };
}

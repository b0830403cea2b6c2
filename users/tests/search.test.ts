import { type Person, userRoutes } from '@parley/common/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { enter, names, search, startOne, type Users } from './cast.ts';

let users: Users;
beforeAll(async () => {
  users = await startOne();
  await users.register(
    { displayName: 'Anna Karenina', userName: 'anna' },
    { displayName: 'Zed', userName: 'anna.z' },
    { displayName: 'Anna Annasson', userName: 'twice' },
    { displayName: 'Joanna Smith', userName: 'joanna' },
    { displayName: 'Ben Annan', userName: 'ben' },
    { displayName: 'Søren Åkesson', userName: 'soren_a' },
    { displayName: '王小明', userName: 'ming' },
    { displayName: 'Ольга Петрова', userName: 'olga' },
    { displayName: 'محمد علي', userName: 'mohammed' },
    { displayName: "Conan O'Brien", userName: 'conan' },
  );
});
afterAll(() => users[Symbol.asyncDispose]());

const found = async (q: string) => names((await search(users.visitor, q)).people);

test('the exact user name comes first, then user names that begin so, then names by the word that begins so', async () => {
  expect(await found('anna')).toEqual(['Anna Karenina', 'Zed', 'Anna Annasson', 'Ben Annan']);
});

test.each([
  ['KAREN', 'Anna Karenina'],
  ['akes', 'Søren Åkesson'],
  ['åkesson sør', 'Søren Åkesson'],
  ['小明', '王小明'],
  ['петр', 'Ольга Петрова'],
  ['علي', 'محمد علي'],
  ['obrien', "Conan O'Brien"],
  ["o'br", "Conan O'Brien"],
  ['@ming', '王小明'],
  ['soren_', 'Søren Åkesson'],
])('%s finds %s', async (q, name) => {
  expect(await found(q)).toEqual([name]);
});

test.each(['nna', 'zz', '🦊', '%', '_', '\\', "' OR 1=1 --"])('%s finds nobody', async (q) => {
  expect(await found(q)).toEqual([]);
});

test('pages of a search follow each other without repeating anybody', async () => {
  const shown: Person[] = [];
  let after: string | null = null;
  do {
    const next: { people: Person[]; after: string | null } = await users.visitor.browser.call(userRoutes.searchPeople, {
      q: 'ann',
      limit: 1,
      ...(after && { after }),
    });
    shown.push(...next.people);
    after = next.after;
  } while (after);
  expect(names(shown)).toEqual(['Anna Karenina', 'Zed', 'Anna Annasson', 'Ben Annan']);
});

test('a new display name is found at once, the old one not any more', async () => {
  const [dora] = await users.register({ displayName: 'Dora Old', userName: 'dora' });
  await enter(users.pod, dora.userId).browser.call(userRoutes.updateMe, { displayName: 'Dora New' });
  expect(await found('new')).toEqual(['Dora New']);
  expect(await found('old')).toEqual([]);
  expect(await found('dora')).toEqual(['Dora New']);
});

test.each(['', '   ', 'x'.repeat(101), 'a\0b'])('%j is refused', async (q) => {
  await expect(search(users.visitor, q)).rejects.toMatchObject({ code: 'invalid-input', details: [{ field: 'q' }] });
});

import { byName, byOnlineFirst, userRoutes } from '@parley/common/contracts';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { AT, enter, everybody, names, page, startOne, type Users } from './cast.ts';

let users: Users;
beforeAll(async () => {
  users = await startOne();
});
beforeEach(async () => {
  const { rows } = await users.pod.world.database.query<{ user_id: string }>('SELECT user_id FROM people WHERE name_key IS NOT NULL');
  await Promise.all(rows.map(({ user_id }) => users.pod.world.bus.publish('user.deleted', { userId: user_id, number: 2, at: AT })));
  await users.settled();
});
afterAll(() => users[Symbol.asyncDispose]());

const people = (...displayNames: string[]) => users.register(...displayNames.map((displayName) => ({ displayName })));
const list = { sort: 'name', direction: 'ascending', limit: 50 } as const;

test('names are sorted without regard to case and accents, and by code points between scripts', async () => {
  await people('Zoë', 'émile', 'Øyvind', 'anna', 'Ángel', 'Юлия', '王伟', 'Eve', '🦊');
  const ascending = names((await page(users.visitor)).people);
  expect(ascending).toEqual(['Ángel', 'anna', 'émile', 'Eve', 'Øyvind', 'Zoë', 'Юлия', '王伟', '🦊']);
  expect(names((await page(users.visitor, { direction: 'descending' })).people)).toEqual(ascending.toReversed());
});

test('who is online comes first, then the others, each by name; or exactly the other way round', async () => {
  const [anna, ben, cleo] = await users.register(
    { displayName: 'Anna' },
    { displayName: 'Ben' },
    { displayName: 'Cleo' },
    { displayName: 'Dora' },
  );
  await users.move(cleo.userId, 'user.online', 1);
  await users.move(ben.userId, 'user.online', 1);
  await users.move(anna.userId, 'user.online', 1);
  await users.move(anna.userId, 'user.offline', 2);
  await users.settled();
  const [first] = await Promise.all([everybody(users.visitor, { sort: 'online', limit: 1 })]);
  expect(names(first)).toEqual(['Ben', 'Cleo', 'Anna', 'Dora']);
  expect(names(await everybody(users.visitor, { sort: 'online', direction: 'descending', limit: 2 }))).toEqual([
    'Dora',
    'Anna',
    'Cleo',
    'Ben',
  ]);
  expect([...first].reverse().sort(byOnlineFirst)).toEqual(first);
});

test('[D5] a client that places people by the rule of the contract has the order of the pages', async () => {
  const letters = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 6 })
    .filter((text) => text.trim() !== '' && !text.includes('\0') && text.isWellFormed());
  const [crowd] = fc.sample(fc.array(letters, { minLength: 60, maxLength: 60 }), { numRuns: 1, seed: 11 });
  await people(...(crowd as string[]));
  const pages = await everybody(users.visitor, { limit: 7 });
  expect(pages).toHaveLength(60);
  expect(pages.map(({ userId }) => userId)).toEqual(
    [...pages]
      .reverse()
      .sort(byName)
      .map(({ userId }) => userId),
  );
});

const Step = fc.oneof(
  fc.record({ kind: fc.constant('joins' as const), name: fc.constantFrom('A', 'D', 'M', 'P', 'Z') }),
  fc.record({ kind: fc.constantFrom('leaves', 'online', 'offline'), who: fc.nat() }),
);

test('paging neither skips nor repeats anybody who was there all the time, whatever the others do', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('name' as const, 'online' as const),
      fc.constantFrom('ascending' as const, 'descending' as const),
      fc.integer({ min: 1, max: 4 }),
      fc.array(Step, { minLength: 4, maxLength: 4 }),
      async (sort, direction, limit, steps) => {
        const stays = await people('Ada', 'Cid', 'Eve', 'Gil', 'Ida', 'Kim', 'Mia', 'Oda');
        const comes = await people('Bob', 'Dan', 'Fox', 'Hal', 'Jon', 'Leo');
        await Promise.all(stays.slice(0, 4).map(({ userId }) => users.move(userId, 'user.online', 1)));
        await users.settled();
        let number = 1;
        const shown = await everybody(users.visitor, { sort, direction, limit }, async () => {
          const step = steps.shift();
          if (!step) return;
          number += 1;
          await act(
            step,
            comes.map(({ userId }) => userId),
            number,
          );
          await users.settled();
        });
        const ids = shown.map(({ userId }) => userId);
        for (const { userId } of stays) expect(ids.filter((id) => id === userId)).toHaveLength(1);
        await Promise.all(shown.map(({ userId }) => users.pod.world.bus.publish('user.deleted', { userId, number: 2, at: AT })));
        await users.settled();
      },
    ),
    { numRuns: 6, endOnFailure: true },
  );
});

async function act(step: typeof Step extends fc.Arbitrary<infer T> ? T : never, comes: readonly string[], number: number) {
  if (step.kind === 'joins') return void (await people(step.name));
  const userId = comes[step.who % comes.length] as string;
  if (step.kind === 'leaves') return users.pod.world.bus.publish('user.deleted', { userId, number: 2, at: AT });
  return users.move(userId, step.kind === 'online' ? 'user.online' : 'user.offline', number);
}

test('a page says where the next one begins, and the last one that there is none', async () => {
  await people('Ada', 'Ben', 'Cid');
  const first = await page(users.visitor, { limit: 2 });
  expect(names(first.people)).toEqual(['Ada', 'Ben']);
  const second = await page(users.visitor, { limit: 2 }, first.after);
  expect(names(second.people)).toEqual(['Cid']);
  expect(second.after).toBeNull();
  expect((await page(users.visitor, { limit: 3 })).after).toBeNull();
});

test('going on behind somebody who has gone meanwhile loses nobody', async () => {
  const [, ben] = await people('Ada', 'Ben', 'Cid');
  const first = await page(users.visitor, { limit: 2 });
  await users.remove(ben?.userId ?? '');
  expect(names((await page(users.visitor, { limit: 2 }, first.after)).people)).toEqual(['Cid']);
});

test.each([
  ['no cursor at all', 'nonsense'],
  ['a cursor of another order', Buffer.from(JSON.stringify(['search', 'a', '00000000-0000-7000-8000-000000000000'])).toString('base64url')],
  [
    'a cursor that PostgreSQL could not take',
    Buffer.from(JSON.stringify(['name', '\0', '00000000-0000-7000-8000-000000000000'])).toString('base64url'),
  ],
  ['one without an id', Buffer.from(JSON.stringify(['name', 'a', 'b'])).toString('base64url')],
])('%s is refused as such', async (_, after) => {
  const refused = users.visitor.browser.call(userRoutes.listPeople, { ...list, after });
  await expect(refused).rejects.toMatchObject({ code: 'invalid-input', details: [{ field: 'after' }] });
});

test.each([{ sort: 'age' }, { direction: 'up' }, { limit: '0' }, { limit: '101' }, { limit: 'many' }, { after: 'x'.repeat(600) }])(
  '%o is refused',
  async (query) => {
    const response = await users.visitor.browser.fetch(`/api/users?${new URLSearchParams(query as unknown as Record<string, string>)}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'invalid-input' });
  },
);

test('[D8] nobody without a session sees anybody', async () => {
  const stranger = enter(users.pod).browser;
  stranger.cookies.clear();
  for (const path of ['/api/users', '/api/users/search?q=a', '/api/users/00000000-0000-7000-8000-000000000000']) {
    expect((await stranger.fetch(path)).status).toBe(401);
  }
});

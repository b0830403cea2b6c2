import { userRoutes } from '@parley/common/contracts';
import { until } from '@parley/common/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { png } from './album.ts';
import { AT, enter, startOne, type Users } from './cast.ts';

let users: Users;
beforeAll(async () => {
  users = await startOne();
});
afterAll(() => users[Symbol.asyncDispose]());

test('somebody takes along how they appear: name, about, picture, and whom they block', async () => {
  const [ada, ben, cleo] = await users.register({ displayName: 'Ada' }, {}, {});
  const { browser } = enter(users.pod, ada.userId);
  await browser.call(userRoutes.updateMe, { displayName: 'Countess', about: 'Notes by the translator.' });
  await browser.fetch('/api/users/me/picture', { method: 'PUT', body: new Uint8Array(png()), headers: { 'content-type': 'image/png' } });
  await users.decide(ada.userId, 'person.blocked', ben.userId, 1);
  await users.settled();

  expect(await browser.call(userRoutes.exportProfile, {})).toEqual({
    profile: { userId: ada.userId, userName: ada.userName, displayName: 'Countess', about: 'Notes by the translator.', registeredAt: AT },
    picture: { mediaType: 'image/png', base64: png().toString('base64') },
    lastSeenAt: null,
    hidesLastSeen: false,
    blocked: [ben.userId],
  });
  expect(browser.last?.headers.get('content-disposition')).toContain('parley-profile.json');
  expect(await enter(users.pod, cleo.userId).browser.call(userRoutes.exportProfile, {})).toMatchObject({ picture: null, blocked: [] });
});

test('[D8] it does not tell by whom one is blocked', async () => {
  const [ada, ben] = await users.register({}, {});
  await users.decide(ada.userId, 'person.blocked', ben.userId, 1);
  await users.settled();
  expect(JSON.stringify(await enter(users.pod, ben.userId).browser.call(userRoutes.exportProfile, {}))).not.toContain(ada.userId);
});

test('of whom nothing is known yet, or nothing any more, there is nothing to take', async () => {
  await expect(enter(users.pod).browser.call(userRoutes.exportProfile, {})).rejects.toMatchObject({ code: 'unavailable', status: 503 });
  const [ada] = await users.register({});
  await users.remove(ada.userId);
  await until(() =>
    enter(users.pod, ada.userId)
      .browser.call(userRoutes.exportProfile, {})
      .then(
        () => false,
        ({ code }) => code === 'signed-out',
      ),
  );
});

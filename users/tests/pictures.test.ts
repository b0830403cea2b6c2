import { limits, userRoutes } from '@parley/common/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jpeg, losslessWebp, png, segment } from './album.ts';
import { enter, find, type Somebody, startOne, type Users } from './cast.ts';

let users: Users;
beforeAll(async () => {
  users = await startOne();
});
afterAll(() => users[Symbol.asyncDispose]());

async function newcomer() {
  const [{ userId }] = await users.register({ displayName: 'Ada' });
  return enter(users.pod, userId);
}

const put = ({ browser }: Somebody, body: BodyInit, type = 'application/octet-stream') =>
  browser.fetch('/api/users/me/picture', { method: 'PUT', body, headers: { 'content-type': type } });

const bytesOf = (buffer: Buffer) => new Uint8Array(buffer);

test.each([
  ['image/png', png()],
  ['image/jpeg', jpeg()],
  ['image/webp', losslessWebp()],
])('a picture (%s) is given back as it came, safe to keep for ever and to open by itself', async (mediaType, bytes) => {
  const ada = await newcomer();
  const answer = await put(ada, bytesOf(bytes), mediaType);
  expect(answer.status).toBe(200);
  const { pictureId } = (await answer.json()) as { pictureId: string };
  expect(await find(users.visitor, ada.userId)).toMatchObject({ pictureId, profileNumber: 1 });

  const picture = await users.visitor.browser.fetch(`/api/users/${ada.userId}/picture/${pictureId}`);
  expect(Buffer.from(await picture.arrayBuffer())).toEqual(bytes);
  expect(Object.fromEntries(picture.headers)).toMatchObject({
    'content-type': mediaType,
    'content-length': String(bytes.length),
    'cache-control': 'private, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
  });
});

test('where a picture was taken is told to nobody', async () => {
  const ada = await newcomer();
  const taken = jpeg(2, 2, segment(0xe1, Buffer.from('Exif\0\0 GPSLatitude 52.52 N')));
  const { pictureId } = (await (await put(ada, bytesOf(taken))).json()) as { pictureId: string };
  const picture = await users.visitor.browser.fetch(`/api/users/${ada.userId}/picture/${pictureId}`);
  expect(Buffer.from(await picture.arrayBuffer())).toEqual(jpeg());
});

test('what the client calls it does not matter, what it is does', async () => {
  const ada = await newcomer();
  expect((await put(ada, bytesOf(png()), 'text/html')).status).toBe(200);
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
  for (const type of ['image/png', 'image/svg+xml', 'application/json']) {
    const refused = await put(ada, svg, type);
    expect([refused.status, await refused.json()]).toMatchObject([415, { code: 'unsupported-media' }]);
  }
  expect(await find(users.visitor, ada.userId)).toMatchObject({ profileNumber: 1 });
});

test.each([
  ['cut short', bytesOf(png().subarray(0, -5)), 415],
  ['empty', new Uint8Array(), 415],
  ['too many bytes', bytesOf(png(2, 2, Buffer.alloc(limits.pictureBytes))), 413],
  ['too many pixels', bytesOf(png(1, 5_000)), 413],
])('a picture that is refused (%s) leaves the one before', async (_, bytes, status) => {
  const ada = await newcomer();
  await put(ada, bytesOf(png()));
  const before = await find(users.visitor, ada.userId);
  expect((await put(ada, bytes)).status).toBe(status);
  expect(await find(users.visitor, ada.userId)).toEqual(before);
});

test('bytes without end are cut off where the limit is', async () => {
  const ada = await newcomer();
  let sent = 0;
  const endless = new ReadableStream({
    pull(controller) {
      sent += 16_384;
      controller.enqueue(new Uint8Array(16_384));
    },
  });
  const outcome = await ada.browser.fetch('/api/users/me/picture', { method: 'PUT', body: endless, duplex: 'half' } as RequestInit).then(
    ({ status }) => status,
    () => 'cut off',
  );
  expect([413, 'cut off']).toContain(outcome);
  expect(sent).toBeLessThan(64 * limits.pictureBytes);
});

test('a picture as large as allowed is taken', async () => {
  const ada = await newcomer();
  const full = png(2, 2, Buffer.alloc(limits.pictureBytes - png(2, 2, Buffer.alloc(1)).length + 1));
  expect(full).toHaveLength(limits.pictureBytes);
  expect((await put(ada, bytesOf(full))).status).toBe(200);
});

test('a new picture has another address, and the old one leads nowhere', async () => {
  const ada = await newcomer();
  const [first, second] = [png(1, 1), png(2, 1)];
  const { pictureId } = (await (await put(ada, bytesOf(first))).json()) as { pictureId: string };
  const replaced = (await (await put(ada, bytesOf(second))).json()) as { pictureId: string };
  expect(replaced.pictureId).not.toBe(pictureId);
  expect((await users.visitor.browser.fetch(`/api/users/${ada.userId}/picture/${pictureId}`)).status).toBe(404);
  expect((await users.visitor.browser.fetch(`/api/users/${ada.userId}/picture/${replaced.pictureId}`)).status).toBe(200);
});

test('the same picture again changes nothing', async () => {
  const ada = await newcomer();
  await put(ada, bytesOf(png()));
  expect(await (await put(ada, bytesOf(png()))).json()).toMatchObject({ profileNumber: 1 });
});

test('a picture goes when it is removed, and with the account', async () => {
  const [ada, ben] = [await newcomer(), await newcomer()];
  for (const somebody of [ada, ben]) await put(somebody, bytesOf(png()));
  expect(await ada.browser.call(userRoutes.removePicture, {})).toMatchObject({ pictureId: null, profileNumber: 2 });
  await users.remove(ben.userId);
  const { rows } = await users.pod.world.database.query('SELECT 1 FROM pictures WHERE user_id = ANY($1)', [[ada.userId, ben.userId]]);
  expect(rows).toEqual([]);
});

test('[D8] a picture is shown to nobody without a session', async () => {
  const ada = await newcomer();
  const { pictureId } = (await (await put(ada, bytesOf(png()))).json()) as { pictureId: string };
  expect((await fetch(`${users.pod.url}/api/users/${ada.userId}/picture/${pictureId}`)).status).toBe(401);
});

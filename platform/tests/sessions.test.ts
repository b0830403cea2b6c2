import { once } from 'node:events';
import { authRoutes, closeCodes, userRoutes } from '@parley/common/contracts';
import type { Visitor } from '@parley/common/testing';
import { afterAll, expect, test } from 'vitest';
import { at, password, privateFolder, signUp, start } from './parley.ts';

const folder = privateFolder();
afterAll(() => folder[Symbol.dispose]());

const cookieOf = ({ cookies }: Visitor) => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');

test('[D8] a session that was revoked, and an account that was deleted, stay so after a restart', async () => {
  const before = start({ data: folder.path });
  const url = await before.url();
  const { visitor: owner } = await signUp(url, 'ada');
  const lost = at(url);
  await lost.call(authRoutes.signIn, { login: 'ada', password });
  const { visitor: leaver } = await signUp(url, 'bob');
  const left = cookieOf(leaver);
  await leaver.call(authRoutes.deleteAccount, { password });
  expect(await owner.call(authRoutes.revokeOtherSessions, {})).toEqual({ ended: 1 });
  await before.stop('SIGTERM');

  await using parley = start({ data: folder.path, port: Number(new URL(url).port) });
  await parley.url();
  for (const cookie of [cookieOf(lost), left]) {
    for (const path of [authRoutes.me.path, userRoutes.listPeople.path, '/api/messages/conversations', '/api/notifications/inbox']) {
      expect([path, (await fetch(new URL(path, url), { headers: { cookie } })).status]).toEqual([path, 401]);
    }
    const { code: expired } = closeCodes['token-expired'];
    for (const path of ['/ws/chat', '/ws/notifications']) {
      const socket = new WebSocket(url.replace('http', 'ws') + path, { headers: { cookie, origin: url } } as unknown as string[]);
      const [closed] = (await once(socket, 'close')) as [CloseEvent];
      expect([path, closed.code]).toEqual([path, expired]);
    }
  }
  await owner.call(authRoutes.me, {});
  await owner.call(userRoutes.listPeople, { sort: 'name', direction: 'ascending', limit: 10 });
});

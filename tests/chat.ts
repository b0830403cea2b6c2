import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startAuth } from '@parley/auth';
import { readConfig as readAuthConfig } from '@parley/auth/config';
import type { Service as Name } from '@parley/common/contracts';
import { type TestPod, testPlatform } from '@parley/common/testing';
import { startMessages } from '@parley/messages';
import { startNotifications } from '@parley/notifications';
import { startSocketHandler } from '@parley/socket-handler';
import { defaultSettings } from '@parley/socket-handler/config';
import { startUsers } from '@parley/users';
import { paths } from '../platform/src/routing.ts';
import { createPeople } from './people.ts';

/** The whole platform with several pods of each service, behind one door that sends each caller to the next pod. */
export async function startChat({ pods: count = 2 }: { pods?: number } = {}) {
  await using opening = new AsyncDisposableStack();
  const platform = opening.use(testPlatform());
  const pods = new Map<Name, TestPod[]>();
  const door = createServer();
  let next = 0;

  const podAt = (path: string, socket: boolean) => {
    const name = paths.find(
      ({ prefix, socket: isSocket }) => isSocket === socket && (path === prefix || path.startsWith(`${prefix}/`)),
    )?.service;
    const all = name ? (pods.get(name) ?? []) : [];
    return all[next++ % all.length];
  };
  door.on('request', (request, response) => {
    const pod = podAt((request.url ?? '').split('?')[0] as string, false);
    if (pod) pod.service.http(request, response);
    else response.writeHead(503).end();
  });
  door.on('upgrade', (request, socket, head) => {
    const pod = podAt((request.url ?? '').split('?')[0] as string, true);
    if (pod?.service.upgrade) pod.service.upgrade(request, socket, head);
    else socket.destroy();
  });
  door.listen(0, '127.0.0.1');
  await new Promise((resolve) => door.once('listening', resolve));
  opening.defer(() => {
    door.close();
    door.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(door.address() as AddressInfo).port}`;

  const edge = { allowedOrigins: [url], trustedProxies: [] };
  const sockets = { ...defaultSettings, drainSeconds: 0 };
  const auth = readAuthConfig({ ALLOWED_ORIGINS: url, AUTH_SECRET: randomBytes(32).toString('base64') });
  /** One pod more of a service. */
  const starts: Record<Name, () => Promise<TestPod>> = {
    auth: () => platform.start('auth', startAuth, auth),
    users: () => platform.start('users', startUsers, edge),
    messages: () => platform.start('messages', startMessages, { ...edge, shards: 2, readPool: 4, newConversations: 1_000 }),
    'socket-handler': () => platform.start('socket-handler', startSocketHandler, { ...edge, shards: 2, sockets }),
    notifications: () => platform.start('notifications', startNotifications, { ...edge, sockets }),
  };
  const start = async (name: Name) => {
    const pod = await starts[name]();
    pods.set(name, [...(pods.get(name) ?? []), pod]);
    return pod;
  };
  for (const name of Object.keys(starts) as Name[]) for (let pod = 0; pod < count; pod++) await start(name);

  const people = opening.use(createPeople(url));
  const open = opening.move();
  return {
    url,
    pods,
    start,
    /** Takes a pod out of the door, as a proxy does, and stops it. */
    async stop(name: Name, pod: TestPod) {
      pods.set(
        name,
        (pods.get(name) ?? []).filter((other) => other !== pod),
      );
      await pod[Symbol.asyncDispose]();
    },

    ...people,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

export type Chat = Awaited<ReturnType<typeof startChat>>;

import { limits, NotificationUp } from '@parley/common/contracts';
import { migrate } from '@parley/common/database';
import { createHttp, type StartService } from '@parley/common/server';
import { openSockets } from '@parley/common/sockets';
import { createAccountEvents } from './account-events.ts';
import { createAccounts } from './accounts.ts';
import type { Config } from './config.ts';
import { hearKept, hearLive, hearUnreached } from './consumers.ts';
import { createPrisma } from './database.ts';
import type { NotificationSockets, NotificationState } from './device.ts';
import { createEntrance, type Entrance } from './entrance.ts';
import { forgetPeople } from './gone-people.ts';
import { GROUP } from './group.ts';
import { createGuests } from './guests.ts';
import { createInbox } from './inbox.ts';
import { createNotices } from './notices.ts';
import { createPeople } from './people.ts';
import { createPreferences } from './preferences.ts';
import { nobody } from './presence/audience.ts';
import { openPresence } from './presence/presence.ts';
import { openPushes, type Pushes } from './push/pushes.ts';
import { answerNotifications } from './routes.ts';
import { together } from './together.ts';

export type { Config } from './config.ts';

/** The notification stream and presence: what it keeps, what it hears, whom it tells. */
export const startNotifications: StartService<Config> = async (config, world) => {
  const { allowedOrigins, trustedProxies, guestsPerAddress = limits.guestsPerAddress } = config;
  const { database, bus, registry, clock, log, metrics, pod, ask } = world;
  await using stack = new AsyncDisposableStack();
  await migrate(database, new URL('../prisma/migrations', import.meta.url), { log, clock });
  const prisma = stack.adopt(createPrisma(database), (client) => client.$disconnect());
  const events = createAccountEvents(database, prisma);
  const now = () => clock.now();

  let entrance: Entrance;
  let pushes: Pushes | undefined;
  const onLook = (userId: string) => pushes?.looking.changed(userId);
  const sockets: NotificationSockets = stack.use(
    await openSockets<NotificationUp, NotificationState>(world, {
      service: 'notifications',
      path: '/ws/notifications',
      allowedOrigins,
      trustedProxies,
      settings: config.sockets,
      guests: true,
      language: NotificationUp,
      begin: () => ({ watched: nobody, visible: true }),
      opened: (device) => entrance.opened(device),
      received: (device, frame) => {
        if (frame.type === 'watch') entrance.watch(device, frame);
        else if (frame.type === 'visible') entrance.visible(device, frame);
      },
      // What a device has on screen it says again when that changes.
      limited: () => {},
      closed: (device, why) => entrance.closed(device, why),
    }),
  );
  const devicesOf = (userId: string) => sockets.of(userId);

  let catchUp = sockets.resync;
  const preferences = createPreferences({ database, bus, log, onShown: (userId) => presence.touch(userId) });
  const presence = stack.use(await openPresence({ ...world, preferences, devicesOf, onLearnt: onLook, onLost: () => catchUp() }));
  const { audience, acquaintance, teller, keeper, membership } = presence;

  const opened = stack.use(await openPushes({ settings: config.push, world, audience, preferences, devicesOf }));
  pushes = opened;

  const unreadOf = together(events.unread);
  const accounts = createAccounts({ log, audience, acquaintance, devicesOf, unreadOf });
  const guests = stack.use(createGuests({ clock, log, perAddress: guestsPerAddress, countOnline: presence.countOnline }));
  const people = stack.use(createPeople({ clock, audience, devicesOf }));
  const silenceMs = config.sockets.heartbeatSeconds * 1000;
  entrance = createEntrance({ membership, guests, audience, acquaintance, keeper, teller, accounts, devicesOf, onLook, now, silenceMs });

  // Something may have been missed: devices compare, and what this pod concluded is asked for again.
  catchUp = () => {
    sockets.resync();
    acquaintance.learnAllAnew();
    for (const { userId } of audience) accounts.tellInbox(userId);
  };
  const inboxChanged = (userId: string) => {
    tellPods(userId).catch((error: unknown) => log.debug({ error }, 'a changed inbox could not be told'));
  };
  const tellPods = async (userId: string) => {
    const pods = await registry.podsOf(GROUP, [userId]);
    await bus.publish('inbox.changed', { userId }, { to: { group: GROUP, pods: pods === 'every' ? pods : (pods.get(userId) ?? []) } });
  };
  const doNotDisturbUntil = (userId: string) => audience.of(userId)?.doNotDisturbUntil ?? 0;
  const notices = stack.use(createNotices({ clock, devicesOf, doNotDisturbUntil, onNoticed: opened.noticed }));
  const forget = (userIds: readonly string[]) => forgetPeople(database, userIds);
  stack.use(await hearLive({ bus, pod, notices, acquaintance, teller, people, accounts, looking: opened.looking, onGap: () => catchUp() }));
  stack.use(await hearKept({ bus, events, forget, onChanged: inboxChanged, endSessions: opened.endSessions }));
  stack.use(await hearUnreached(bus, opened));
  // While devices move, they are still served.
  stack.defer(sockets.drain);

  const http = createHttp({ log, metrics, allowedOrigins, trustedProxies, authenticate: sockets.sessions.authenticate });
  answerNotifications(http, { inbox: createInbox({ ask, clock, events, onChanged: inboxChanged }), preferences, pushes: opened });

  const open = stack.move();
  return {
    http: http.finish(),
    upgrade: sockets.upgrade,
    ready: () => sockets.open && bus.state !== 'away',
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
};

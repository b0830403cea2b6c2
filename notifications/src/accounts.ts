import type { EventData, NotificationDown } from '@parley/common/contracts';
import type { Logger } from '@parley/common/server';
import type { NotificationDevice } from './device.ts';
import { toOwn } from './preferences.ts';
import type { Acquaintance } from './presence/acquaintance.ts';
import type { Audience } from './presence/audience.ts';

export interface AccountsOptions {
  readonly log: Logger;
  readonly audience: Audience;
  readonly acquaintance: Acquaintance;
  readonly devicesOf: (userId: string) => readonly NotificationDevice[];
  /** How many account events of this person's inbox are unread. */
  readonly unreadOf: (userId: string) => Promise<number | undefined>;
}

/** What concerns one person alone: told to their own devices and to nobody else's. */
export function createAccounts({ log, audience, acquaintance, devicesOf, unreadOf }: AccountsOptions) {
  const tell = (userId: string, frame: NotificationDown) => {
    const text = JSON.stringify(frame);
    for (const device of devicesOf(userId)) device.pass(text);
  };

  return {
    settingsChanged({ userId, ...settings }: EventData<'settings.changed'>) {
      if (devicesOf(userId).length > 0) tell(userId, { type: 'settings', ...settings });
    },

    /** The device of the session itself knows. */
    session(
      kind: 'logged-in' | 'signed-out',
      { userId, sessionId, at, ...rest }: EventData<'user.logged-in'> | EventData<'user.signed-out'>,
    ) {
      const deviceName = 'deviceName' in rest ? { deviceName: rest.deviceName } : {};
      const text = JSON.stringify({ type: 'account', kind, sessionId, ...deviceName, at } satisfies NotificationDown);
      for (const device of devicesOf(userId)) if (device.sessionId !== sessionId) device.pass(text);
    },

    preferencesChanged({ userId, number: _number, pushes, ...settings }: EventData<'preferences.changed'>) {
      const observer = audience.of(userId);
      if (!observer) return;
      const { showLastSeen, doNotDisturbUntil } = toOwn(settings);
      const shows = observer.showLastSeen !== showLastSeen;
      observer.showLastSeen = showLastSeen;
      observer.doNotDisturbUntil = doNotDisturbUntil;
      // One that an older pod told says nothing of it.
      observer.pushes = pushes ?? observer.pushes;
      observer.heard += 1;
      tell(userId, { type: 'preferences', ...settings });
      if (shows) acquaintance.learn(observer);
    },

    tellInbox(userId: string, device?: NotificationDevice) {
      if (devicesOf(userId).length === 0) return;
      unreadOf(userId).then(
        (account = 0) => {
          const text = JSON.stringify({ type: 'inbox', account } satisfies NotificationDown);
          for (const one of device ? [device] : devicesOf(userId)) one.pass(text);
        },
        (error: unknown) => log.debug({ error }, 'the inbox could not be counted'),
      );
    },
  };
}

export type Accounts = ReturnType<typeof createAccounts>;

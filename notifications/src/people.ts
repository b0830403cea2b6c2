import type { EventData, NotificationDown } from '@parley/common/contracts';
import type { Clock } from '@parley/common/server';
import type { NotificationDevice } from './device.ts';
import type { Audience, Observer } from './presence/audience.ts';

export interface PeopleOptions {
  readonly clock: Clock;
  readonly audience: Audience;
  readonly devicesOf: (userId: string) => readonly NotificationDevice[];
}

/** New people come to a device together, this often at the most. */
const COALESCE_MS = 250;

/** Who is new, who looks different now and who is gone: told to those who have them before them. */
export function createPeople({ clock, audience, devicesOf }: PeopleOptions) {
  const closing = new AbortController();
  let fresh: string[] = [];

  const tellFresh = () => {
    const texts = fresh;
    fresh = [];
    for (const device of audience.browsing) for (const text of texts) device.pass(text);
  };

  const tell = (userId: string, text: string, browsing: boolean) => {
    const told = new Set<NotificationDevice>(browsing ? audience.browsing : []);
    const people: Iterable<Pick<Observer, 'userId'>> = audience.whoKnows(userId);
    for (const observer of people) for (const device of devicesOf(observer.userId)) told.add(device);
    for (const device of devicesOf(userId)) told.add(device);
    for (const device of told) device.pass(text);
  };

  return {
    registered({ userId, userName, displayName }: EventData<'user.registered'>) {
      const profile = { userId, userName, displayName, about: '', pictureId: null };
      fresh.push(JSON.stringify({ type: 'person', profile, profileNumber: 0, isNew: true } satisfies NotificationDown));
      if (fresh.length === 1) void clock.sleep(COALESCE_MS, closing.signal).then(tellFresh);
    },
    updated({ number, at: _at, ...profile }: EventData<'user.updated'>) {
      tell(
        profile.userId,
        JSON.stringify({ type: 'person', profile, profileNumber: number, isNew: false } satisfies NotificationDown),
        true,
      );
    },
    gone({ userId }: EventData<'user.deleted'>) {
      tell(userId, JSON.stringify({ type: 'person-gone', userId } satisfies NotificationDown), true);
    },
    [Symbol.dispose]: () => closing.abort(),
  };
}

export type People = ReturnType<typeof createPeople>;

import type { Bus } from '@parley/common/bus';
import type { Logger } from '@parley/common/server';
import type { PresenceRecord, PresenceRecords } from './records.ts';

/** What is published in one go. */
const AT_ONCE = 500;

export interface AnnouncementsOptions {
  readonly bus: Bus;
  readonly records: PresenceRecords;
  readonly log: Logger;
}

/**
 * Publishes what moved, and writes down that it did. Whoever moves somebody announces it at once; what was left untold
 * (the pod died, the bus was away) is told by whichever pod finds it. Told twice is no harm: the number decides.
 */
export function createAnnouncements({ bus, records, log }: AnnouncementsOptions) {
  const publish = ({ userId, number, online, seenAt, hidesLastSeen }: PresenceRecord) =>
    bus.publish(online ? 'user.online' : 'user.offline', {
      userId,
      number,
      at: seenAt.toISOString(),
      ...(hidesLastSeen && { hidesLastSeen }),
    });

  const announce = async (moved: readonly PresenceRecord[]) => {
    const published = await Promise.allSettled(moved.map(publish));
    const told = moved.filter((_, index) => published[index]?.status === 'fulfilled');
    if (told.length < moved.length) log.warn({ untold: moved.length - told.length }, 'presence could not be told yet');
    if (told.length > 0) await records.told(told);
  };

  return {
    announce: (moved: readonly PresenceRecord[]) =>
      announce(moved).catch((error: unknown) => log.warn({ error }, 'what was told of presence could not be written down')),
    async announceUntold() {
      if (bus.state === 'up') await announce(await records.untold(AT_ONCE));
    },
  };
}

export type Announcements = ReturnType<typeof createAnnouncements>;

import type { World } from '@parley/common/server';
import type { NotificationDevice } from '../device.ts';
import { GROUP } from '../group.ts';
import type { Preferences } from '../preferences.ts';
import { Acquaintance } from './acquaintance.ts';
import { createAnnouncements } from './announcements.ts';
import { Audience } from './audience.ts';
import { PresenceKeeper } from './keeper.ts';
import { createPresenceRecords } from './records.ts';
import { PresenceTeller } from './teller.ts';

export interface PresenceOptions extends Pick<World, 'bus' | 'registry' | 'database' | 'clock' | 'log' | 'pod' | 'ask'> {
  readonly preferences: Pick<Preferences, 'of'>;
  readonly devicesOf: (userId: string) => readonly NotificationDevice[];
  /** What this person decided is known here now. */
  readonly onLearnt: (userId: string) => void;
  /** Publishers may have left this pod out for a while. */
  readonly onLost: () => void;
}

/** Who is here: this pod's part of keeping it, and of telling it. */
export async function openPresence({
  bus,
  registry,
  database,
  clock,
  log,
  pod,
  ask,
  preferences,
  devicesOf,
  onLearnt,
  onLost,
}: PresenceOptions) {
  await using stack = new AsyncDisposableStack();
  const records = createPresenceRecords(database);
  const announcements = createAnnouncements({ bus, records, log });
  const audience = new Audience();
  const teller = stack.use(new PresenceTeller({ clock, log, audience, records, devicesOf }));
  const acquaintance = stack.use(new Acquaintance({ clock, log, ask, audience, teller, preferences, onLearnt }));
  const keeper = stack.use(
    new PresenceKeeper({ clock, log, registry, records, announcements, isHere: (userId) => devicesOf(userId).length > 0 }),
  );

  let complete = false;
  const setKnown = async (known: boolean) => {
    complete = known;
    if (!known) return teller.setKnown(false);
    for (const { userId } of audience) keeper.arrived(userId);
    await keeper.compare().catch((error: unknown) => log.warn({ error }, 'presence could not be compared with the registry'));
    if (complete && !teller.known) teller.setKnown(true);
  };

  const joined = Promise.withResolvers<void>();
  const membership = stack.use(
    await registry.join(GROUP, pod, onLost, { keepsDepartures: true, onKnown: (known) => void joined.promise.then(() => setKnown(known)) }),
  );
  keeper.begin(membership);
  joined.resolve();

  const open = stack.move();
  return {
    audience,
    acquaintance,
    teller,
    keeper,
    membership,
    countOnline: async () => (teller.known ? records.countOnline() : undefined),
    /** What may be said of this person has changed: it is told anew. */
    touch: async (userId: string) => announcements.announce(await records.touch(userId)),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

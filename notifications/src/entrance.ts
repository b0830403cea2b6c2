import type { Membership } from '@parley/common/registry';
import type { Gone } from '@parley/common/sockets';
import type { Accounts } from './accounts.ts';
import type { NotificationDevice } from './device.ts';
import type { Guests } from './guests.ts';
import type { Acquaintance } from './presence/acquaintance.ts';
import { type Audience, nobody } from './presence/audience.ts';
import type { PresenceKeeper } from './presence/keeper.ts';
import type { PresenceTeller } from './presence/teller.ts';

export interface EntranceOptions {
  readonly membership: Pick<Membership, 'add' | 'remove'>;
  readonly guests: Guests;
  readonly audience: Audience;
  readonly acquaintance: Acquaintance;
  readonly keeper: PresenceKeeper;
  readonly teller: PresenceTeller;
  readonly accounts: Accounts;
  readonly devicesOf: (userId: string) => readonly NotificationDevice[];
  /** Somebody may look now who did not, or no more. */
  readonly onLook: (userId: string) => void;
  readonly now: () => number;
  /** After so long without a word a device is thought gone. */
  readonly silenceMs: number;
}

/** What happens when a device comes, looks around and goes. */
export function createEntrance(options: EntranceOptions) {
  const { membership, guests, audience, acquaintance, keeper, teller, accounts, devicesOf, onLook, now, silenceMs } = options;

  const enterPerson = async (device: NotificationDevice) => {
    const { userId } = device;
    const known = audience.of(userId);
    const observer = known ?? audience.enter(userId);
    // Registered first: what is read after it misses nothing that is told.
    await membership.add(userId);
    if (!known) keeper.arrived(userId);
    onLook(userId);
    // Behind the greeting.
    setImmediate(() => {
      if (!audience.isHere(observer)) return;
      // Also when this device is gone again: the next one, which came meanwhile, relies on it.
      if (!known) acquaintance.learn(observer);
      if (device.gone) return;
      if (known && observer.contacts) teller.snapshot(observer, device);
      accounts.tellInbox(userId, device);
    });
  };

  const rewatch = (device: NotificationDevice, watched: ReadonlySet<string>) => {
    device.state.watched = watched;
    const observer = audience.of(device.userId);
    if (!observer) return;
    let all = nobody;
    for (const one of devicesOf(device.userId))
      if (one.state.watched.size > 0) all = all.size === 0 ? one.state.watched : all.union(one.state.watched);
    audience.follow(observer, { watched: all });
  };

  return {
    async opened(device: NotificationDevice) {
      if (device.account) return enterPerson(device);
      if (guests.enter(device)) return;
      device.end('try-later');
      // So that its answer to the close is read.
      device.resume();
    },

    watch(device: NotificationDevice, { userIds, people }: { userIds: readonly string[]; people: boolean }) {
      if (!device.account) return;
      if (people) audience.browsing.add(device);
      else audience.browsing.delete(device);
      const before = device.state.watched;
      rewatch(device, new Set(userIds));
      const observer = audience.of(device.userId);
      const fresh = device.state.watched.difference(before);
      // Before the contacts are learnt nobody is shown; the snapshot after it has whoever is watched.
      if (observer?.contacts && fresh.size > 0) teller.show(observer, fresh, device);
    },

    visible(device: NotificationDevice, { visible }: { visible: boolean }) {
      if (!device.account) return;
      device.state.visible = visible;
      onLook(device.userId);
    },

    closed(device: NotificationDevice, why: Gone) {
      if (!device.account) return guests.leave(device);
      const { userId } = device;
      audience.browsing.delete(device);
      if (devicesOf(userId).length === 0) audience.leave(userId);
      else if (device.state.watched.size > 0) rewatch(device, nobody);
      onLook(userId);
      // Grace counts from the last sign of life: of one that timed out it lies that far back.
      void membership.remove(userId, why === 'timed-out' ? now() - silenceMs : now());
    },
  };
}

export type Entrance = ReturnType<typeof createEntrance>;

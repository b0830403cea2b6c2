import type { Departure, Membership, Registry } from '@parley/common/registry';
import { type Clock, type Logger, systemClock } from '@parley/common/server';
import { GROUP } from '../group.ts';
import type { Announcements } from './announcements.ts';
import type { PresenceRecords } from './records.ts';

export interface KeeperOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly registry: Pick<Registry, 'podsOf'>;
  readonly records: PresenceRecords;
  readonly announcements: Announcements;
  /** Whether a device of this person is on this pod. */
  readonly isHere: (userId: string) => boolean;
}

/** How long somebody may be without a device before they are offline, from the last sign of life of the last one. */
const GRACE_MS = 10_000;
const LOOK_MS = 1_000;
/** Everybody who is said to be online is compared with the registry this often. */
const COMPARE_MS = 60_000;
const AT_ONCE = 1_000;
/** Whoever comes first is written down at once; of a crowd, whoever came meanwhile. Each time costs five transactions, here and with who hears it. */
const ARRIVALS_EVERY_MS = 100;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/**
 * Keeps the records of presence true to the registry. Coming: the device is registered first, the record moved after.
 * Going: the record is locked first, the registry asked after. So whichever of the two was registered last is seen by the
 * other, and nobody stays in the wrong state. Every pod does all of this; whoever is first moves the record.
 */
export class PresenceKeeper {
  readonly #options: KeeperOptions;
  readonly #arrivals = new Set<string>();
  readonly #closing = new AbortController();
  #membership: Membership | undefined;
  #arriving: Promise<void> | undefined;
  #looking: Promise<void> = Promise.resolve();
  #compareAt = 0;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** From now on, with the devices that this membership registers. */
  begin(membership: Membership) {
    this.#membership = membership;
    this.#looking = this.#look();
  }

  /** A first device of this person is registered on this pod. */
  arrived(userId: string) {
    this.#arrivals.add(userId);
    this.#arriving ??= this.#takeArrivals().finally(() => {
      this.#arriving = undefined;
    });
  }

  /** The registry is complete again, and may have been rebuilt: nothing that was concluded from it before holds. */
  async compare() {
    this.#compareAt = this.#options.clock.now() + COMPARE_MS;
    await this.#leaveWhoeverIsGone();
  }

  async [Symbol.asyncDispose]() {
    this.#closing.abort();
    await Promise.all([this.#arriving, this.#looking]);
  }

  async #takeArrivals() {
    const { clock, log, records, announcements, isHere } = this.#options;
    await new Promise(setImmediate);
    while (this.#arrivals.size > 0 && !this.#closing.signal.aborted) {
      const arrived = [...this.#arrivals].slice(0, AT_ONCE);
      for (const userId of arrived) this.#arrivals.delete(userId);
      try {
        // Who left before this could be written down is a departure already.
        void announcements.announce(await records.arrive(arrived.filter(isHere), clock.now()));
        await systemClock.sleep(ARRIVALS_EVERY_MS, this.#closing.signal);
      } catch (error) {
        for (const userId of arrived) this.#arrivals.add(userId);
        log.warn({ error }, 'who came could not be written down yet');
        await clock.sleep(LOOK_MS, this.#closing.signal);
      }
    }
  }

  async #look() {
    const { clock, log, announcements } = this.#options;
    while (!this.#closing.signal.aborted) {
      try {
        await this.#takeDepartures();
        await announcements.announceUntold();
        if (this.#membership?.known && clock.now() >= this.#compareAt) await this.compare();
      } catch (error) {
        log.warn({ error }, 'presence could not be looked after');
      }
      await clock.sleep(LOOK_MS, this.#closing.signal);
    }
  }

  async #takeDepartures() {
    for (;;) {
      if (!this.#membership?.known) return;
      const departures = await this.#membership.departures(this.#options.clock.now() - GRACE_MS, AT_ONCE);
      if (departures.length === 0 || !(await this.#leave(departures))) return;
      await this.#membership.settle(departures);
      if (departures.length < AT_ONCE) return;
    }
  }

  /** Answers false while nobody can tell who is here. */
  async #leave(departures: readonly Departure[]): Promise<boolean> {
    const { records, registry, announcements } = this.#options;
    const moved = await records.leave(departures, async (userIds) => {
      const pods = await registry.podsOf(GROUP, userIds);
      return pods === 'every' ? undefined : userIds.filter((userId) => !pods.has(userId));
    });
    if (moved === undefined) return false;
    void announcements.announce(moved);
    return true;
  }

  /** Who is said to be online but has neither a device nor a departure that is still in its grace: the registry lost them, or all pods ended at once. */
  async #leaveWhoeverIsGone() {
    const { clock, records, registry } = this.#options;
    const seen = (await records.signOfLife(clock.now())) ?? clock.now();
    for (let after = FIRST_ID; ; ) {
      const online = await records.onlineAfter(after, AT_ONCE);
      const last = online.at(-1);
      if (last === undefined) return;
      const pods = await registry.podsOf(GROUP, online);
      if (pods === 'every') return;
      const absent = new Set(online.filter((userId) => !pods.has(userId)));
      const departing =
        absent.size > 0 ? ((await this.#membership?.departures(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)) ?? []) : [];
      for (const { userId } of departing) absent.delete(userId);
      if (absent.size > 0 && !(await this.#leave([...absent].map((userId) => ({ userId, since: seen }))))) return;
      after = last;
    }
  }
}

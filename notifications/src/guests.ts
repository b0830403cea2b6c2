import type { NotificationDown } from '@parley/common/contracts';
import type { Clock, Logger } from '@parley/common/server';
import type { NotificationDevice } from './device.ts';

export interface GuestsOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** Sockets without a session that one address may have on this pod. */
  readonly perAddress: number;
  /** How many are online; undefined while nobody can tell. */
  readonly countOnline: () => Promise<number | undefined>;
}

const EVERY_MS = 5_000;

/** Whoever has no session yet hears how many are online, and nothing else. */
export function createGuests({ clock, log, perAddress, countOnline }: GuestsOptions) {
  const guests = new Set<NotificationDevice>();
  const atAddress = new Map<string, number>();
  const closing = new AbortController();
  let last: string | undefined;
  let counting: Promise<void> | undefined;

  const count = async () => {
    const online = await countOnline();
    if (online !== undefined) last = JSON.stringify({ type: 'guest', online } satisfies NotificationDown);
  };

  /** While there is somebody to tell. */
  const keepCounting = async () => {
    while (guests.size > 0 && !closing.signal.aborted) {
      const before = last;
      await count().catch((error: unknown) => log.debug({ error }, 'who is online could not be counted'));
      if (last !== undefined && last !== before) for (const guest of guests) guest.pass(last);
      await clock.sleep(EVERY_MS, closing.signal);
    }
    last = undefined;
    counting = undefined;
  };

  return {
    /** Answers false when the address has enough of them. */
    enter(guest: NotificationDevice): boolean {
      const { name } = guest.address;
      const here = atAddress.get(name) ?? 0;
      if (here >= perAddress) return false;
      atAddress.set(name, here + 1);
      guests.add(guest);
      if (last !== undefined) guest.pass(last);
      counting ??= keepCounting();
      return true;
    },
    leave(guest: NotificationDevice) {
      if (!guests.delete(guest)) return;
      const { name } = guest.address;
      const left = (atAddress.get(name) ?? 1) - 1;
      if (left > 0) atAddress.set(name, left);
      else atAddress.delete(name);
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      await counting;
    },
  };
}

export type Guests = ReturnType<typeof createGuests>;

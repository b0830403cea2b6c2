import type { Device, Person } from './crowd.ts';
import type { Attempt, Ledger } from './ledger.ts';

/**
 * [D7] So long after the last fault a message may take to its tick. A client whose link was cut often tries again after 30 s at
 * the latest, and gives up after 15 s on a try that nobody answers; one whose link held repeats what is unanswered 20 s later
 * at the most. One that had no answer for half a minute repeats it 40 s after that, and no fault keeps all answers away for longer.
 */
export const LATE_MS = 45_000;
/** [D9] Presence tells the truth this soon, to whoever is connected, */
export const PRESENCE_MS = 15_000;
/** and after a silent loss of network this soon. */
export const SILENCE_MS = 60_000;

export interface Calm {
  readonly ledger: Ledger;
  readonly devices: () => readonly Device[];
  /** Since when somebody is gone without a word, if they are. */
  readonly goneSince: (person: Person) => number | undefined;
  readonly until: (milliseconds: number, isSo: () => Promise<boolean>) => Promise<void>;
  readonly now?: () => number;
}

/** Nothing is broken for as long as it takes until everything is answered and told rightly; people go on talking meanwhile. */
export async function keepCalm({ ledger, devices, goneSince, until, now = Date.now }: Calm): Promise<void> {
  const begun = now();
  const presence = createPresenceJudge({ ledger, goneSince });
  const isHere = (name: string) =>
    devices().some((device) => name.startsWith(device.name) && device.parley && goneSince(device.person) === undefined);
  await until(LATE_MS, async () => {
    const wrong = presence.look(devices(), now());
    return wrong === 0 && waitingSince(ledger.attempts.values(), begun, isHere).length === 0;
  });
  judgeLate(ledger, waitingSince(ledger.attempts.values(), begun, isHere), now() - begun);
}

/** What running devices wrote before, and is not answered. */
export const waitingSince = (attempts: Iterable<Attempt>, begun: number, isHere: (device: string) => boolean): Attempt[] =>
  [...attempts].filter(({ writtenAt, ticked, refused, device }) => writtenAt < begun && !ticked && refused === undefined && isHere(device));

export function judgeLate(ledger: Ledger, waiting: readonly Attempt[], lasted: number) {
  if (lasted < LATE_MS) return;
  for (const { clientId, device } of waiting)
    ledger.violate('too late', `${device} waits for the tick of ${clientId} ${LATE_MS / 1000} s after the last fault`, [clientId]);
}

/** [D9] Whoever talks with somebody is told rightly once both have been as they are for long enough. */
export function createPresenceJudge({ ledger, goneSince }: Pick<Calm, 'ledger' | 'goneSince'>) {
  const since = new Map<string, number>();
  return {
    /** How many are told wrongly at this moment, and not for too long already. */
    look(devices: readonly Device[], now: number): number {
      // Whoever is gone hears nothing, and may not know it.
      const hearing = devices.filter((device) => isOpen(device) && goneSince(device.person) === undefined);
      const wrong = hearing.flatMap((witness) =>
        witness.person.peers.flatMap((peer) => {
          if (!ledger.haveTalked(witness.person.me.userId, peer.me.userId)) return [];
          const goneAt = goneSince(peer);
          if (goneAt !== undefined && now - goneAt < SILENCE_MS) return [];
          const state = goneAt === undefined ? 'online' : 'offline';
          // Somebody who is not connected just now is on the way back.
          if (state === 'online' && !peer.devices.some(isOpen)) return [];
          const told = witness.presence.get(peer.me.userId)?.state ?? 'unknown';
          return told === state ? [] : [`${witness.name} is told that ${peer.name} is ${told}, who is ${state}`];
        }),
      );
      for (const known of since.keys()) if (!wrong.includes(known)) since.delete(known);
      for (const what of wrong) {
        const first = since.get(what) ?? now;
        since.set(what, first);
        if (now - first < PRESENCE_MS) continue;
        ledger.violate('presence wrong', `${what} for ${PRESENCE_MS / 1000} s in which nothing is broken`);
      }
      return wrong.filter((what) => now - (since.get(what) ?? now) < PRESENCE_MS).length;
    },
  };
}

const isOpen = ({ parley }: Device) => parley?.notifications.state.at === 'open';

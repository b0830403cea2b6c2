import type { Device, Person } from './crowd.ts';
import type { Ledger } from './ledger.ts';
import { disagreements } from './quiet.ts';

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
/** What is right has to be right for so long, for a late event may make it wrong. */
const AGAIN_MS = 5_000;

export interface Calm {
  readonly ledger: Ledger;
  readonly devices: () => readonly Device[];
  /** Conversations in which nobody does anything, since before it began. */
  readonly silent: ReadonlySet<string>;
  /** Since when somebody is gone without a word, if they are. */
  readonly goneSince: (person: Person) => number | undefined;
  readonly until: (milliseconds: number, isSo: () => Promise<boolean>) => Promise<void>;
  readonly now?: () => number;
}

/** Nothing is broken for as long as it takes until everything is answered and told rightly; people go on talking meanwhile. */
export async function keepCalm({ ledger, devices, silent, goneSince, until, now = Date.now }: Calm): Promise<void> {
  const begun = now();
  const presence = createPresenceJudge({ ledger, goneSince });
  const here = () => devices().filter(({ parley, person }) => parley && goneSince(person) === undefined);
  const waiting = () => waitingSince(ledger, begun, here());
  const differing = () => disagreements(here(), silent).map((what) => ({ what, about: [] }));
  let right: number | undefined;
  await until(LATE_MS, async () => {
    const isRight = waiting().length === 0 && differing().length === 0;
    right = isRight ? (right ?? now()) : undefined;
    return presence.look(devices(), now()) === 0 && right !== undefined && now() - right >= AGAIN_MS;
  });
  if (now() - begun >= LATE_MS) judgeLate(ledger, [...waiting(), ...differing()]);
}

interface Late {
  readonly what: string;
  readonly about: readonly string[];
}

/** What running devices wrote or did before, and is not answered. */
export function waitingSince({ attempts, deeds }: Pick<Ledger, 'attempts' | 'deeds'>, begun: number, here: readonly Device[]): Late[] {
  const isHere = (name: string) => here.some((device) => name.startsWith(device.name));
  return [
    ...[...attempts.values()]
      .filter(({ writtenAt, ticked, refused, device }) => writtenAt < begun && !ticked && refused === undefined && isHere(device))
      .map(({ clientId, device }) => ({ what: `${device} waits for the tick of ${clientId}`, about: [clientId] })),
    ...[...deeds.values()]
      .filter(
        ({ askedAt, answeredAt, refused, device }) =>
          askedAt < begun && answeredAt === undefined && refused === undefined && isHere(device),
      )
      .map(({ clientId, device, change }) => ({ what: `${device} waits for the answer to ${change.type} ${clientId}`, about: [clientId] })),
  ];
}

export function judgeLate(ledger: Pick<Ledger, 'violate'>, late: readonly Late[]) {
  for (const { what, about } of late) ledger.violate('too late', `${what} ${LATE_MS / 1000} s after the last fault`, about);
}

/** [D9] Whoever talks with somebody is told rightly once both have been as they are for long enough. */
export function createPresenceJudge({ ledger, goneSince }: Pick<Calm, 'ledger' | 'goneSince'>) {
  /** By who is told and of whom, since when what they are told is wrong. */
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
          if (goneAt !== undefined && now - goneAt < SILENCE_MS - PRESENCE_MS) return [];
          const state = goneAt === undefined ? 'online' : 'offline';
          // Somebody who is not connected just now is on the way back.
          if (state === 'online' && !peer.devices.some(isOpen)) return [];
          const told = witness.presence.get(peer.me.userId)?.state ?? 'unknown';
          if (told === state) return [];
          return [{ who: `${witness.name} ${peer.name}`, what: `${witness.name} is told that ${peer.name} is ${told}, who is ${state}` }];
        }),
      );
      const whos = new Set(wrong.map(({ who }) => who));
      for (const known of since.keys()) if (!whos.has(known)) since.delete(known);
      for (const { who, what } of wrong) {
        const first = since.get(who) ?? now;
        since.set(who, first);
        if (now - first < PRESENCE_MS) continue;
        ledger.violate('presence wrong', `${what} for ${PRESENCE_MS / 1000} s in which nothing is broken`);
      }
      return wrong.filter(({ who }) => now - (since.get(who) ?? now) < PRESENCE_MS).length;
    },
  };
}

const isOpen = ({ parley }: Device) => parley?.notifications.state.at === 'open';

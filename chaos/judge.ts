import type { Held } from '@parley/client-library';
import { limits } from '@parley/common/contracts';
import type { Pool } from 'pg';
import type { Crowd, Device, Person } from './crowd.ts';
import type { Ledger } from './ledger.ts';
import type { Random } from './random.ts';
import { readTruth } from './truth.ts';
import { agrees, type Holding, judgeDevice, judgeOutbox, judgeRows, judgeStore, judgeUnread } from './verdict.ts';

/** After the last fault everything has to be well again within this time, with no hand laid on it. */
export const HEALED_MS = 120_000;
/** [D9] Presence tells the truth this soon after somebody came or left. */
const PRESENCE_MS = 15_000;

export interface Judging {
  readonly crowd: Crowd;
  readonly ledger: Ledger;
  readonly database: Pool;
  readonly random: Random;
  readonly onFailure: (device: string, error: unknown) => void;
  readonly until: (milliseconds: number, isSo: () => Promise<boolean>) => Promise<void>;
}

/** Holds everything against everything, once it had the time to become well again. */
export async function judge({ crowd, ledger, database, random, until, onFailure }: Judging): Promise<void> {
  const devices = crowd.devices();
  for (const { name, parley } of devices) judgeOutbox(ledger, name, parley?.outbox.entries());
  const pending = new Set<{ readonly fresh: Device; readonly olds: readonly Device[] }>();
  for (const person of crowd.people) {
    const fresh = crowd.addDevice(person, 'new device');
    await fresh.start();
    pending.add({ fresh, olds: devices.filter((device) => device.person === person) });
  }
  const newcomers = [...pending].map(({ fresh }) => fresh);
  await until(HEALED_MS, async () => {
    for (const one of pending)
      if ((await hasReadAll(one.fresh, ledger.begun(), onFailure)) && one.olds.every((old) => agrees(holdingOf(old), holdingOf(one.fresh))))
        pending.delete(one);
    return pending.size === 0;
  });
  for (const { fresh, olds } of pending) for (const old of olds) judgeDevice(ledger, holdingOf(old), holdingOf(fresh));
  const { messages, conversations } = await readTruth(database);
  for (const fresh of newcomers) {
    judgeUnread(ledger, holdingOf(fresh), conversations);
    judgeRows(ledger, holdingOf(fresh), messages, conversations);
  }
  await judgePresence({ crowd, ledger, random, until }, devices);
  judgeStore(ledger, { messages, conversations });
}

/** Everybody is there; then one is not, and then there again: whoever talks with them is told so. */
async function judgePresence({ crowd, ledger, random, until }: Omit<Judging, 'database' | 'onFailure'>, devices: readonly Device[]) {
  const judgeTold = async (who: readonly Device[], about: (device: Device) => readonly Person[], state: 'online' | 'offline') => {
    const wrong = () =>
      who.flatMap((device) =>
        about(device).flatMap(({ name, me }) => {
          const told = device.presence.get(me.userId)?.state;
          return told === state ? [] : [`${device.name} is told that ${name} is ${told ?? 'unknown'}, who is ${state}`];
        }),
      );
    await until(PRESENCE_MS, async () => wrong().length === 0);
    for (const what of wrong()) ledger.violate('presence wrong', what);
  };
  await judgeTold(devices, ({ person }) => person.peers, 'online');
  const leaving = random.pick(crowd.people.filter(({ peers }) => peers.length > 0));
  const witnesses = devices.filter(({ person }) => person.peers.includes(leaving));
  await Promise.all(leaving.devices.map((device) => device.stop()));
  await judgeTold(witnesses, () => [leaving], 'offline');
  await Promise.all(leaving.devices.map((device) => device.start()));
  await judgeTold(witnesses, () => [leaving], 'online');
}

const holdingOf = ({ name, person, parley }: Device): Holding => ({
  device: name,
  userId: person.me.userId,
  held: parley?.conversations.all() ?? [],
  list: parley?.list.all() ?? [],
});

/** A new device has read its list and, page by page, each conversation down to its first message. */
async function hasReadAll({ name, person, parley }: Device, begun: ReadonlySet<string>, onFailure: Judging['onFailure']): Promise<boolean> {
  if (!parley) return false;
  const lines = parley.list.all();
  if (lines.length < [...person.conversations.keys()].filter((id) => begun.has(id)).length) return false;
  for (const { peerId, version, lastSeq } of lines) {
    const held = parley.conversations.get(peerId);
    if (held.version < version) return false;
    for (let first = firstOf(held, lastSeq); first > 1; ) {
      const read = await parley.conversations
        .read(peerId, { before: first }, limits.page)
        .catch((error: unknown) => onFailure(name, error));
      if (!read || firstOf(read, lastSeq) >= first) return false;
      first = firstOf(read, lastSeq);
    }
  }
  return true;
}

/** From where on it is held without a hole up to the newest message. */
const firstOf = ({ ranges }: Held, lastSeq: number) => ranges.at(-1)?.[0] ?? lastSeq + 1;

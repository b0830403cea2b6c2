import type { Parley } from '@parley/client-library';
import type { Pool } from 'pg';
import type { Crowd, Device } from './crowd.ts';
import type { Ledger } from './ledger.ts';
import type { Random } from './random.ts';
import { readTruth } from './truth.ts';
import { agrees, type Holding, judgeDevice, judgeOutbox, judgeStore, judgeUnread } from './verdict.ts';

/** After the last fault everything has to be well again within this time, with no hand laid on it. */
export const HEALED_MS = 120_000;
/** [D9] Presence tells the truth this soon after somebody left. */
const PRESENCE_MS = 15_000;

export interface Judging {
  readonly crowd: Crowd;
  readonly ledger: Ledger;
  readonly database: Pool;
  readonly random: Random;
  readonly until: (milliseconds: number, isSo: () => Promise<boolean>) => Promise<void>;
}

/** Holds everything against everything, once it had the time to become well again. */
export async function judge({ crowd, ledger, database, random, until }: Judging): Promise<void> {
  const devices = crowd.devices();
  for (const { name, parley } of devices) judgeOutbox(ledger, name, parley?.outbox.entries());
  for (const person of crowd.people) {
    const fresh = crowd.addDevice(person, 'new device');
    await fresh.start();
    await until(HEALED_MS, async () => isWhole(fresh));
    const olds = devices.filter((device) => device.person === person);
    await until(HEALED_MS, async () => olds.every((old) => agrees(holdingOf(old), holdingOf(fresh))));
    for (const old of olds) judgeDevice(ledger, holdingOf(old), holdingOf(fresh));
    const truth = await readTruth(database);
    judgeUnread(ledger, holdingOf(fresh), truth.conversations);
  }
  await judgePresence({ crowd, ledger, random, until }, devices);
  judgeStore(ledger, await readTruth(database));
}

/** Everybody is there; then one is not, and then there again: whoever talks with them is told so. */
async function judgePresence({ crowd, ledger, random, until }: Omit<Judging, 'database'>, devices: readonly Device[]) {
  const everybodyThere = () =>
    devices.every(({ person, presence }) => person.peers.every(({ me }) => presence.get(me.userId) === 'online'));
  await until(PRESENCE_MS, async () => everybodyThere());
  for (const { name, person, presence } of devices)
    for (const peer of person.peers)
      if (presence.get(peer.me.userId) !== 'online')
        ledger.violate('presence wrong', `${name} is told that ${peer.name} is ${presence.get(peer.me.userId)}`);
  const leaving = random.pick(crowd.people.filter(({ peers }) => peers.length > 0));
  await Promise.all(leaving.devices.map((device) => device.stop()));
  const witnesses = devices.filter(({ person }) => person.peers.includes(leaving));
  await until(PRESENCE_MS, async () => witnesses.every(({ presence }) => presence.get(leaving.me.userId) === 'offline'));
  for (const { name, presence } of witnesses)
    if (presence.get(leaving.me.userId) !== 'offline')
      ledger.violate('presence wrong', `${name} is told that ${leaving.name} is there, who left`);
}

const holdingOf = ({ name, person, parley }: Device): Holding => ({
  device: name,
  userId: person.me.userId,
  held: parley?.conversations.all() ?? [],
  list: parley?.list.all() ?? [],
});

/** A new device has read its list and a page of each conversation. */
const isWhole = ({ parley, person }: Device) => {
  const { list, conversations }: Pick<Parley, 'list' | 'conversations'> = parley ?? {
    list: undefined as never,
    conversations: undefined as never,
  };
  return (
    person.peers.length === 0 ||
    (list.all().length > 0 && list.all().every(({ peerId, version }) => conversations.get(peerId).version >= version))
  );
};

import type { Held } from '@parley/client-library';
import { limits } from '@parley/common/contracts';
import type { Pool } from 'pg';
import { PRESENCE_MS } from './calm.ts';
import type { Crowd, Device, Person } from './crowd.ts';
import type { Decisions } from './decisions.ts';
import { judgeDeeds } from './deeds.ts';
import type { Ledger } from './ledger.ts';
import type { Random } from './random.ts';
import { readConversations, readTruth } from './truth.ts';
import { agrees, type Holding, judgeDevice, judgeOutbox, judgeRows, judgeStore, judgeUnread, lagging } from './verdict.ts';

export interface Judging {
  readonly crowd: Crowd;
  readonly ledger: Ledger;
  readonly decisions: Decisions;
  readonly database: Pool;
  readonly random: Random;
  readonly patience: number;
  readonly onFailure: (device: string, error: unknown) => void;
  readonly until: (milliseconds: number, isSo: () => Promise<boolean>) => Promise<void>;
}

/** Holds everything against everything, once it had the time to become well again. */
export async function judge({ crowd, ledger, decisions, database, random, until, patience, onFailure }: Judging): Promise<void> {
  const devices = crowd.devices();
  for (const { name, parley } of devices) judgeOutbox(ledger, name, parley?.outbox.entries());
  const pending = new Set<{ readonly fresh: Device; readonly olds: readonly Device[] }>();
  for (const person of crowd.people) {
    const fresh = crowd.addDevice(person, 'new device');
    await fresh.start();
    pending.add({ fresh, olds: devices.filter((device) => device.person === person) });
  }
  const newcomers = [...pending].map(({ fresh }) => fresh);
  await until(patience, async () => {
    for (const one of pending)
      if ((await hasReadAll(one.fresh, ledger.begun(), onFailure)) && one.olds.every((old) => agrees(holdingOf(old), holdingOf(one.fresh))))
        pending.delete(one);
    return pending.size === 0;
  });
  for (const { fresh, olds } of pending) for (const old of olds) judgeDevice(ledger, holdingOf(old), holdingOf(fresh));
  await until(patience, async () => lagging(ledger, await readConversations(database)).length === 0);
  const { messages, conversations } = await readTruth(database);
  for (const what of lagging(ledger, conversations)) ledger.violate('lost', what);
  for (const fresh of newcomers) {
    judgeUnread(ledger, holdingOf(fresh), conversations);
    judgeRows(ledger, holdingOf(fresh), messages, conversations);
    decisions.toldList(fresh.name, fresh.person.me.userId, holdingOf(fresh).list);
  }
  await judgeNames({ ledger, decisions, until, patience, onFailure }, newcomers);
  await judgePresence({ crowd, ledger, random, until }, devices);
  judgeStore(ledger, { messages, conversations });
  judgeDeeds(ledger, messages);
}

/** Everybody asks how those whom they talk with are called. */
async function judgeNames(
  { ledger, decisions, until, patience, onFailure }: Pick<Judging, 'ledger' | 'decisions' | 'until' | 'patience' | 'onFailure'>,
  devices: readonly Device[],
) {
  const pending = new Set(devices.filter(({ person }) => person.peers.length > 0));
  await until(patience, async () => {
    for (const device of pending) {
      const userIds = device.person.peers.map(({ me }) => me.userId);
      const answer = await device.parley
        ?.request('post', '/api/users/profiles', { userIds })
        .catch((error: unknown) => onFailure(device.name, error));
      if (!answer) continue;
      decisions.toldNames(device.name, userIds, answer.people);
      pending.delete(device);
    }
    return pending.size === 0;
  });
  for (const { name } of pending) ledger.violate('never answered', `${name} is not told how those are called whom they talk with`);
}

/** Everybody is there; then one is not, and then there again: whoever talks with them is told so. */
async function judgePresence(
  { crowd, ledger, random, until }: Pick<Judging, 'crowd' | 'ledger' | 'random' | 'until'>,
  devices: readonly Device[],
) {
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
  const talkingWith = (person: Person) => person.peers.filter(({ me }) => ledger.haveTalked(person.me.userId, me.userId));
  await judgeTold(devices, ({ person }) => talkingWith(person), 'online');
  const talking = crowd.people.filter((person) => talkingWith(person).length > 0);
  // Where nothing was ever stored nobody is told of anybody; that it was not is said elsewhere.
  if (talking.length === 0) return;
  const leaving = random.pick(talking);
  const witnesses = devices.filter(({ person }) => talkingWith(person).includes(leaving));
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

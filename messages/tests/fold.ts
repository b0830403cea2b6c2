import {
  type EventData,
  hearersOf,
  type Message,
  messageRoutes,
  type OutcomeName,
  type Page,
  type Update,
  updateFor,
} from '@parley/common/contracts';
import { expect } from 'vitest';
import type { Person } from './cast.ts';

/** What a device knows of a conversation: a page, and every update since. */
export interface Known {
  epoch: string;
  version: number;
  readonly messages: Map<number, Message>;
  readonly hidden: Set<number>;
  readonly marks: Record<string, { delivered: number; read: number }>;
  closed: boolean;
}

export const knownFrom = ({ epoch, version, messages, hidden, marks }: Page): Known => ({
  epoch,
  version,
  messages: new Map(messages.map((message) => [message.seq, message])),
  hidden: new Set(hidden),
  marks: structuredClone(marks),
  closed: false,
});

/** As a client takes an update; false: something before it is missing. */
export function fold(known: Known, { from, version, messages, marks = {}, hidden = [], closed }: Update): boolean {
  if (from > known.version) return false;
  if (version <= known.version) return true;
  known.version = version;
  for (const message of messages) known.messages.set(message.seq, message);
  for (const seq of hidden) {
    known.hidden.add(seq);
    known.messages.delete(seq);
  }
  for (const [person, { delivered, read }] of Object.entries(marks)) {
    const before = known.marks[person] ?? { delivered: 0, read: 0 };
    known.marks[person] = { delivered: Math.max(before.delivered, delivered), read: Math.max(before.read, read) };
  }
  known.closed ||= closed === true;
  return true;
}

const everything = async (viewer: Person, peer: Person): Promise<Known> => {
  let page = await viewer.ask(messageRoutes.history, { peerId: peer.userId, limit: 100 });
  const known = knownFrom(page);
  while (page.hasBefore) {
    const before = Math.min(...page.messages.map(({ seq }) => seq), ...page.hidden);
    page = await viewer.ask(messageRoutes.history, { peerId: peer.userId, limit: 100, before });
    for (const message of page.messages) known.messages.set(message.seq, message);
    for (const seq of page.hidden) known.hidden.add(seq);
  }
  return known;
};

const comparable = ({ epoch, version, messages, hidden, marks }: Known) => ({
  epoch,
  version,
  messages: [...messages.values()].sort((one, other) => one.seq - other.seq),
  hidden: [...hidden].sort((one, other) => one - other),
  marks,
});

/** Snapshot and the updates since are a fresh snapshot, for one of the two. */
export async function expectWhole(viewer: Person, peer: Person, known: Known): Promise<void> {
  expect(comparable(known)).toEqual(comparable(await everything(viewer, peer)));
}

/** The same from nothing, by catching up. */
export async function catchUp(viewer: Person, peer: Person, known: Known): Promise<Known> {
  for (let more = true; more; ) {
    const changes = await viewer.ask(messageRoutes.changes, { peerId: peer.userId, epoch: known.epoch, since: known.version });
    if (changes.reset) return everything(viewer, peer);
    expect(fold(known, changes.update)).toBe(true);
    more = changes.more;
  }
  return known;
}

/** The updates of a conversation that one of the two was given live, in order. */
export function updatesFor(heard: readonly { name: OutcomeName; data: unknown }[], conversationId: string, userId: string): Update[] {
  return heard.flatMap(({ name, data }) => {
    if (name === 'message.refused' || name === 'settings.changed') return [];
    const outcome = data as EventData<'message.stored'>;
    return outcome.update.conversationId === conversationId && hearersOf(outcome).includes(userId) ? [updateFor(outcome, userId)] : [];
  });
}

import { Away, type Bus } from '@parley/common/bus';
import { hearersOf, ParleyError } from '@parley/common/contracts';
import type { PodsByPerson, Registry } from '@parley/common/registry';
import type { Outcome } from './outcomes.ts';

/** Who relays to devices, and which outcomes concern them. */
const groups = {
  'socket-handler': new Set<Outcome['name']>(['message.stored', 'message.changed', 'receipt.moved', 'message.refused']),
  notifications: new Set<Outcome['name']>(['message.stored', 'message.changed', 'receipt.moved', 'settings.changed']),
} as const;

export type Announce = (outcomes: readonly Outcome[]) => Promise<void>;

/** Tells outcomes to the pods that hold a device of whom they concern; rejects with `Away` when the bus takes nothing. */
export function createAnnounce(bus: Bus, registry: Registry): Announce {
  return async (outcomes) => {
    if (outcomes.length === 0) return;
    const people = [...new Set(outcomes.flatMap(concerned))];
    const told = Object.entries(groups).map(async ([group, names]) => {
      const relevant = outcomes.filter(({ name }) => names.has(name));
      if (relevant.length === 0) return;
      const pods = await registry.podsOf(group, people);
      if (group === 'notifications') tellUnreached(bus, relevant, pods);
      await Promise.all(relevant.map((outcome) => tell(bus, outcome, group, podsOf(pods, concerned(outcome)))));
    });
    await Promise.all(told).catch((error: unknown) => {
      if (error instanceof ParleyError && error.code === 'bus-away') throw new Away(error.message, { cause: error });
      throw error;
    });
  };
}

/** Fan-out decides who may know: the two of the conversation, and of what is one person's own only that one. */
function concerned({ name, data }: Outcome): readonly string[] {
  switch (name) {
    case 'message.refused':
      return [data.senderId];
    case 'settings.changed':
      return [data.userId];
    default:
      return hearersOf(data);
  }
}

function podsOf(pods: PodsByPerson | 'every', people: readonly string[]): readonly string[] | 'every' {
  if (pods === 'every') return 'every';
  return [...new Set(people.flatMap((person) => pods.get(person) ?? []))];
}

function tell(bus: Bus, { name, data }: Outcome, group: string, pods: readonly string[] | 'every'): Promise<void> {
  return pods.length === 0 ? Promise.resolve() : bus.publish(name, data as never, { to: { group, pods } });
}

/**
 * Whoever has no device that will be told may be reached elsewhere. While nobody can tell who has one, all of them are named: whoever hears it looks again.
 * Nothing waits for it: it is a hint, and one that is lost costs a notification.
 */
function tellUnreached(bus: Bus, outcomes: readonly Outcome[], pods: PodsByPerson | 'every') {
  const people = new Map<string, { userId: string; peerId: string; seq: number }>();
  for (const { name, data } of outcomes) {
    if (name !== 'message.stored') continue;
    for (const [userId, list] of Object.entries(data.lists ?? {})) {
      if (!list.notify || (pods !== 'every' && (pods.get(userId) ?? []).length > 0)) continue;
      const peerId = data.members[0] === userId ? data.members[1] : data.members[0];
      people.set(`${userId} ${peerId}`, { userId, peerId, seq: list.lastSeq });
    }
  }
  if (people.size > 0) void bus.publish('person.unreached', { people: [...people.values()] }).catch(() => {});
}

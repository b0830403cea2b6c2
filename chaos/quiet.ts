import type { Held } from '@parley/client-library';
import type { Device } from './crowd.ts';
import type { Random } from './random.ts';
import { apart, differences, type Holding } from './verdict.ts';

/** Of so many conversations one falls silent before a calm. */
const ONE_OF = 3;
/** Of each conversation so many messages are compared: the rest is, in the end. */
const NEWEST = 50;

/**
 * What comes later tells a device that it lacks something, so talk that goes on heals what was lost. In these nobody says anything any more
 * while something is broken still, and until the calm is over.
 */
export function fallSilent(conversationIds: Iterable<string>, random: Random): ReadonlySet<string> {
  const all = [...new Set(conversationIds)];
  return new Set(random.shuffled(all).slice(0, Math.ceil(all.length / ONE_OF)));
}

/** What devices hold differently of conversations in which nothing happens. */
export const disagreements = (devices: readonly Device[], silent: ReadonlySet<string>): string[] =>
  [...silent].flatMap((conversationId) => {
    const those = devices.filter(({ person }) => person.conversations.has(conversationId));
    const first = those.find((device) => heldBy(device, conversationId));
    if (!first) return [];
    return those.flatMap((other) => {
      const what = other === first ? undefined : differing(first, other, conversationId);
      return what === undefined ? [] : [`${first.name} and ${other.name} hold ${conversationId} differently, which is silent: ${what}`];
    });
  });

function differing(one: Device, other: Device, conversationId: string): string | undefined {
  if (one.person === other.person) {
    const [mine, theirs] = [holdingOf(one, conversationId), holdingOf(other, conversationId)];
    return [...differences(mine, theirs), ...differences(theirs, mine)][0]?.entry;
  }
  const [mine, theirs] = [heldBy(one, conversationId), heldBy(other, conversationId)];
  if (!mine || !theirs) return 'one has nothing of it';
  return apart(mine, theirs);
}

/** The newest of what it holds, if anything. */
function heldBy({ parley }: Device, conversationId: string): Held | undefined {
  const held = parley?.conversations.all().find((one) => one.conversationId === conversationId);
  return held && held.lastSeq > 0 ? newestOf(held) : undefined;
}

const holdingOf = (device: Device, conversationId: string): Holding => ({
  device: device.name,
  userId: device.person.me.userId,
  held: [heldBy(device, conversationId)].flatMap((held) => held ?? []),
  list: device.parley?.list.all().filter((line) => line.conversationId === conversationId) ?? [],
});

const newestOf = (held: Held): Held => ({
  ...held,
  messages: new Map([...held.messages].filter(([seq]) => seq > held.lastSeq - NEWEST)),
});

import type { Held } from '@parley/client-library';
import type { Device } from './crowd.ts';
import type { Random } from './random.ts';
import { agrees, type Holding, standsAlike } from './verdict.ts';

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

/** Of silent conversations, whose devices hold them differently. */
export function disagreements(devices: readonly Device[], silent: ReadonlySet<string>): string[] {
  const running = devices.map((device) => ({ device, holding: holdingOf(device, silent) }));
  const ofOnePerson = [...Map.groupBy(running, ({ device }) => device.person).values()].flatMap((same) =>
    same.slice(1).flatMap((other) => {
      const [first] = same;
      return !first || (agrees(first.holding, other.holding) && agrees(other.holding, first.holding))
        ? []
        : [`${first.device.name} and ${other.device.name} hold a silent conversation differently`];
    }),
  );
  const ofBoth = [...silent].flatMap((conversationId) => {
    const held = running.flatMap(({ device, holding }) =>
      holding.held.filter((one) => one.conversationId === conversationId).map((one) => ({ device, one })),
    );
    const [first, ...others] = held;
    return others.flatMap(({ device, one }) =>
      !first || standsAlike(first.one, one)
        ? []
        : [`${first.device.name} and ${device.name} are told differently how ${conversationId} stands`],
    );
  });
  return [...ofOnePerson, ...ofBoth];
}

const holdingOf = ({ name, person, parley }: Device, silent: ReadonlySet<string>): Holding => ({
  device: name,
  userId: person.me.userId,
  held: parley?.conversations.all().flatMap((held) => (held.lastSeq > 0 && silent.has(held.conversationId) ? [newestOf(held)] : [])) ?? [],
  list: parley?.list.all().filter(({ conversationId }) => silent.has(conversationId)) ?? [],
});

const newestOf = (held: Held): Held => ({
  ...held,
  messages: new Map([...held.messages].filter(([seq]) => seq > held.lastSeq - NEWEST)),
});

import type { Conversation, Person } from '@parley/common/contracts';
import type { Ledger } from './ledger.ts';

type Named = Pick<Person, 'userId' | 'displayName' | 'profileNumber'>;
type Decided = Pick<Conversation, 'settings' | 'settingsVersion'>;

/** What people decided about themselves and their lists, as far as it was answered: it may not be gone, nor be told otherwise. */
export function createDecisions(ledger: Ledger) {
  const names = new Map<string, Named>();
  const settings = new Map<string, Decided>();
  return {
    /** The answer to whoever changed their name. */
    named(person: Named) {
      if (person.profileNumber > (names.get(person.userId)?.profileNumber ?? -1)) names.set(person.userId, person);
    },
    /** The answer to whoever decided something about one of their conversations. */
    decided(userId: string, conversationId: string, { settings: all, settingsVersion }: Decided) {
      const whose = `${userId} ${conversationId}`;
      if (settingsVersion > (settings.get(whose)?.settingsVersion ?? -1)) settings.set(whose, { settings: all, settingsVersion });
    },

    /** Somebody is told how a person is called; `now`: by an answer that was asked for after all was over. */
    toldName(device: string, { userId, displayName, profileNumber }: Named, now = false) {
      const last = names.get(userId);
      if (!last) return;
      if (profileNumber === last.profileNumber && displayName !== last.displayName)
        ledger.violate('not as stored', `${device} is told that ${userId} is called ${displayName}, and it is ${last.displayName}`);
      if (now && profileNumber < last.profileNumber)
        ledger.violate('lost', `${device} is told that ${userId} is called ${displayName}, who was answered ${last.displayName}`);
    },
    /** All that a device is given when it asks in the end how these people are called. */
    toldNames(device: string, asked: readonly string[], people: readonly Named[]) {
      for (const person of people) this.toldName(device, person, true);
      const told = new Set(people.map(({ userId }) => userId));
      for (const userId of asked) if (!told.has(userId)) ledger.violate('lost', `${device} is told that there is no ${userId}`);
    },
    /** What a new device is told of its list in the end. */
    toldList(device: string, userId: string, list: readonly Conversation[]) {
      const lines = new Map(list.map((line) => [line.conversationId, line]));
      for (const [whose, { settings: wanted, settingsVersion }] of settings) {
        const [who, conversationId = ''] = whose.split(' ');
        if (who !== userId) continue;
        const line = lines.get(conversationId);
        if (!line || line.settingsVersion < settingsVersion)
          ledger.violate('lost', `what ${userId} decided about ${conversationId} was answered, and ${device} is not told of it`);
        else if (line.settingsVersion === settingsVersion && !isSame(line.settings, wanted))
          ledger.violate(
            'not as stored',
            `${device} is told ${JSON.stringify(line.settings)} of ${conversationId}, and ${JSON.stringify(wanted)} was answered`,
          );
      }
    },
  };
}

export type Decisions = ReturnType<typeof createDecisions>;

const isSame = (one: Decided['settings'], other: Decided['settings']) =>
  (Object.keys(one) as (keyof Decided['settings'])[]).every((key) => one[key] === other[key]);

import type { Bus, Heard } from '@parley/common/bus';
import { type EventData, lastingQueues } from '@parley/common/contracts';
import { asHearing } from '@parley/common/database';
import { type AccountEvents, accountFact } from './account-events.ts';
import type { Accounts } from './accounts.ts';
import { GROUP } from './group.ts';
import type { Notices } from './notices.ts';
import type { People } from './people.ts';
import type { Acquaintance } from './presence/acquaintance.ts';
import type { PresenceTeller } from './presence/teller.ts';
import type { Looking } from './push/looking.ts';
import type { Pushes } from './push/pushes.ts';

const outcomes = ['message.stored', 'message.changed', 'receipt.moved'] as const;
const live = [
  ...outcomes,
  'settings.changed',
  'user.online',
  'user.offline',
  'user.registered',
  'user.updated',
  'user.deleted',
  'user.logged-in',
  'user.signed-out',
  'person.blocked',
  'person.unblocked',
  'preferences.changed',
  'inbox.changed',
] as const;

export interface Live {
  readonly bus: Bus;
  readonly pod: string;
  readonly notices: Notices;
  readonly acquaintance: Acquaintance;
  readonly teller: PresenceTeller;
  readonly people: People;
  readonly accounts: Accounts;
  readonly looking: Pick<Looking, 'changed'>;
  readonly onGap: () => void;
}

/** What every pod hears, to tell its devices. Nothing of it is kept: what was missed is read again. */
export const hearLive = ({ bus, pod, onGap, ...tellers }: Live) =>
  bus.hear({
    kind: 'pod',
    queue: GROUP,
    pod,
    names: [...live],
    onGap,
    async handle(batch) {
      tellers.notices.tell(batch.flatMap(({ name, data }) => (isOutcome(name) ? [data as EventData<'message.stored'>] : [])));
      for (const fact of batch) tell(tellers, fact);
    },
  });

const isOutcome = (name: string) => (outcomes as readonly string[]).includes(name);

function tell(
  { acquaintance, teller, people, accounts, looking }: Omit<Live, 'bus' | 'pod' | 'onGap'>,
  fact: Heard<(typeof live)[number]>,
) {
  switch (fact.name) {
    case 'message.stored': {
      const [one, other] = fact.data.members;
      acquaintance.met(one, other);
      return acquaintance.met(other, one);
    }
    case 'user.online':
    case 'user.offline': {
      const { userId, number, at, hidesLastSeen = false } = fact.data;
      return teller.moved({ userId, number, online: fact.name === 'user.online', seenAt: new Date(at), hidesLastSeen });
    }
    case 'person.blocked':
      acquaintance.blocked(fact.data.userId, fact.data.peerId);
      return acquaintance.blocked(fact.data.peerId, fact.data.userId);
    case 'person.unblocked':
      acquaintance.unblocked(fact.data.userId);
      return acquaintance.unblocked(fact.data.peerId);
    case 'user.registered':
      return people.registered(fact.data);
    case 'user.updated':
      return people.updated(fact.data);
    case 'user.deleted':
      return people.gone(fact.data);
    case 'settings.changed':
      return accounts.settingsChanged(fact.data);
    case 'user.logged-in':
      return accounts.session('logged-in', fact.data);
    case 'user.signed-out':
      return accounts.session('signed-out', fact.data);
    case 'preferences.changed':
      accounts.preferencesChanged(fact.data);
      return looking.changed(fact.data.userId);
    case 'inbox.changed':
      return accounts.tellInbox(fact.data.userId);
  }
}

/** Facts stored in one go. */
const BATCH = 200;

export interface Kept {
  readonly bus: Bus;
  readonly events: AccountEvents;
  /** Erases whatever is kept of them. */
  readonly forget: (userIds: readonly string[]) => Promise<void>;
  readonly onChanged: (userId: string) => void;
  /** These sessions are over. */
  readonly endSessions: (sessionIds: readonly string[]) => Promise<void>;
}

/** What the service as a whole hears, to keep it. */
export const hearKept = ({ bus, events, forget, onChanged, endSessions }: Kept) =>
  bus.hear({
    kind: 'shared',
    queue: 'notifications.accounts',
    names: lastingQueues['notifications.accounts'],
    batch: BATCH,
    handle: async (batch) => {
      try {
        const changed = await events.store(batch.flatMap((fact) => accountFact(fact) ?? []));
        await endSessions(
          batch.flatMap(({ name, data }) => (name === 'session.ended' ? (data as EventData<'session.ended'>).sessionIds : [])),
        );
        await forget(batch.filter(({ name }) => name === 'user.deleted').map(({ data }) => data.userId));
        for (const userId of changed) onChanged(userId);
      } catch (error) {
        throw asHearing(error);
      }
    },
  });

/** Who has to be reached elsewhere than on a socket. */
export const hearUnreached = (bus: Bus, pushes: Pick<Pushes, 'unreached'>) =>
  bus.hear({
    kind: 'shared',
    queue: 'notifications.pushes',
    names: lastingQueues['notifications.pushes'],
    batch: BATCH,
    handle: (batch) =>
      pushes.unreached(batch.flatMap(({ data }) => data.people)).catch((error: unknown) => {
        throw asHearing(error);
      }),
  });

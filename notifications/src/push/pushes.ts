import { ParleyError, type PushTarget } from '@parley/common/contracts';
import type { World } from '@parley/common/server';
import { Counter } from 'prom-client';
import type { NotificationDevice } from '../device.ts';
import type { Preferences } from '../preferences.ts';
import type { Audience } from '../presence/audience.ts';
import { createEndpoints } from './endpoints.ts';
import { type Looking, openLooking } from './looking.ts';
import { createPost } from './post.ts';
import { createQueue, type Unreached } from './queue.ts';
import { startSender } from './sender.ts';
import { createSubscriptions } from './subscriptions.ts';
import { createVapid } from './vapid.ts';

/** What an operator may say of notifications to closed pages. */
export interface PushSettings {
  /** 32 bytes, base64url; undefined: there are none. */
  readonly privateKey: string | undefined;
  readonly subject: string | undefined;
  /** Origins of push services that are trusted though they are not public. */
  readonly endpointsAllowed: readonly string[];
  readonly delaySeconds: number;
}

const none: PushSettings = { privateKey: undefined, subject: undefined, endpointsAllowed: [], delaySeconds: 0 };

export interface PushesOptions {
  readonly settings: PushSettings | undefined;
  readonly world: Pick<World, 'database' | 'registry' | 'clock' | 'log' | 'metrics' | 'pod' | 'ask'>;
  readonly audience: Audience;
  readonly preferences: Preferences;
  readonly devicesOf: (userId: string) => readonly NotificationDevice[];
}

interface Caller {
  readonly userId: string;
  readonly sessionId: string;
}

export interface Pushes extends AsyncDisposable {
  readonly looking: Pick<Looking, 'changed'>;
  state(caller: Caller): Promise<{ publicKey: string | null; subscribed: boolean }>;
  subscribe(caller: Caller, target: PushTarget): Promise<void>;
  /** These sessions are over, or want no more of it. */
  endSessions(sessionIds: readonly string[]): Promise<void>;
  /** Nobody hears of it where they are. */
  unreached(people: readonly Unreached[]): Promise<void>;
  /** A notice that this pod told to the devices of somebody: was any of them looked at? */
  noticed(person: Unreached): void;
}

/** Notifications to browsers in which Parley is closed, or out of sight (Web Push). */
export async function openPushes({ settings, world, audience, preferences, devicesOf }: PushesOptions): Promise<Pushes> {
  const { database, registry, clock, log, metrics, pod, ask } = world;
  const now = () => clock.now();
  await using stack = new AsyncDisposableStack();
  const { privateKey, subject, endpointsAllowed, delaySeconds } = settings ?? none;
  const vapid = privateKey === undefined ? undefined : createVapid({ privateKey, subject });
  const endpoints = createEndpoints(endpointsAllowed);
  const looking = stack.use(await openLooking({ registry, pod, audience, devicesOf }));
  const queue = createQueue({ database, now, delayMs: delaySeconds * 1000 });
  const subscriptions = createSubscriptions({ database, endpoints, preferences, now });
  if (vapid) {
    const post = stack.use(createPost({ vapid, endpoints, now }));
    const counter = new Counter({
      name: 'parley_pushes_total',
      help: 'Notifications to closed pages, by what became of them.',
      labelNames: ['outcome'],
      registers: [metrics],
    });
    stack.use(startSender({ clock, log, ask, queue, subscriptions, looking, preferences, post, counter }));
  }
  const unreached = async (people: readonly Unreached[]) => {
    if (vapid) await queue.put(people);
  };
  const open = stack.move();
  return {
    looking,
    state: async ({ sessionId }) => ({
      publicKey: vapid?.publicKey ?? null,
      subscribed: vapid !== undefined && (await subscriptions.has(sessionId)),
    }),
    async subscribe(caller, target) {
      if (!vapid) throw new ParleyError('push-off');
      await subscriptions.put(caller, target);
    },
    endSessions: subscriptions.endSessions,
    unreached,
    noticed(person) {
      if (audience.of(person.userId)?.pushes !== true || looking.looksHere(person.userId)) return;
      unreached([person]).catch((error: unknown) => log.warn({ error }, 'a notification could not be put down'));
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

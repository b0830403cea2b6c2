import { createHash } from 'node:crypto';
import { authRoutes, type Conversation, limits, messageRoutes, ParleyError, userRoutes } from '@parley/common/contracts';
import type { Ask, Clock, Logger } from '@parley/common/server';
import type { Counter } from 'prom-client';
import type { Preferences } from '../preferences.ts';
import { NotPublic } from './addresses.ts';
import type { Looking } from './looking.ts';
import { textOf } from './payload.ts';
import type { Post } from './post.ts';
import type { Due, Queue } from './queue.ts';
import type { Subscriptions } from './subscriptions.ts';

export interface SenderOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly ask: Ask;
  readonly queue: Queue;
  readonly subscriptions: Subscriptions;
  readonly looking: Pick<Looking, 'among'>;
  readonly preferences: Pick<Preferences, 'read'>;
  readonly post: Post;
  /** By what became of it. */
  readonly counter: Counter<'outcome'>;
}

const SWEEP_MS = 1_000;
/** Sent at a time; what more is due follows at once. */
const AT_ONCE = 50;
const RETRY_MS = { first: 5_000, last: 15 * 60_000 };
/** News of more than an hour ago is none. */
const GIVE_UP_MS = 60 * 60_000;

interface Known {
  readonly looking: ReadonlySet<string>;
  readonly ended: ReadonlySet<string>;
  readonly conversations: ReadonlyMap<string, Conversation>;
  readonly names: ReadonlyMap<string, string>;
  readonly previews: ReadonlyMap<string, boolean>;
}

/** Sends what is due, if it is still to be said: what holds is asked at that moment, of those whose truth it is. */
export function startSender(options: SenderOptions): AsyncDisposable {
  const { clock, log, ask, queue, subscriptions, looking, preferences, post, counter } = options;
  const closing = new AbortController();

  const find = async (due: readonly Due[]): Promise<Known | undefined> => {
    const userIds = [...new Set(due.map(({ userId }) => userId))];
    const sessionIds = [...new Set(due.map(({ sessionId }) => sessionId))];
    const [looks, { ended }, settings, lists] = await Promise.all([
      looking.among(userIds),
      ask(authRoutes.checkSessions, { sessionIds }),
      Promise.all(userIds.map((userId) => preferences.read(userId))),
      Promise.all(userIds.map((userId) => ask(messageRoutes.unreadConversations, { userId, limit: limits.page }))),
    ]);
    if (!looks) return undefined;
    const quiet = userIds.filter((_, index) => Date.parse(settings[index]?.doNotDisturbUntil ?? '') > clock.now());
    const conversations = new Map(
      userIds.flatMap((userId, index) => (lists[index]?.conversations ?? []).map((one) => [`${userId} ${one.peerId}`, one] as const)),
    );
    const { people } = await ask(userRoutes.names, { userIds: [...new Set(due.map(({ peerId }) => peerId))] });
    return {
      looking: new Set([...looks, ...quiet]),
      ended: new Set(ended),
      conversations,
      names: new Map(people.map(({ userId, displayName }) => [userId, displayName])),
      previews: new Map(userIds.map((userId, index) => [userId, settings[index]?.previews ?? true])),
    };
  };

  const later = (due: Due, afterMs = 0) => {
    const pause = Math.min(RETRY_MS.first * 2 ** due.attempts, RETRY_MS.last);
    const at = clock.now() + Math.max(pause, Math.min(afterMs, GIVE_UP_MS));
    return at - due.since.getTime() > GIVE_UP_MS ? end(due, 'given-up') : queue.later(due, at);
  };
  const end = (due: Due, outcome: 'taken' | 'refused' | 'withdrawn' | 'given-up') => {
    counter.inc({ outcome });
    return queue.done([due]);
  };
  const forget = (due: Due) => {
    counter.inc({ outcome: 'gone' });
    return subscriptions.remove([due.subscriptionId]);
  };

  const send = async (due: Due, known: Known) => {
    const conversation = known.conversations.get(`${due.userId} ${due.peerId}`);
    const name = known.names.get(due.peerId);
    if (known.ended.has(due.sessionId)) return forget(due);
    if (!conversation || name === undefined || known.looking.has(due.userId) || isQuiet(conversation, clock.now()))
      return end(due, 'withdrawn');
    const text = textOf(conversation, name, known.previews.get(due.userId) ?? true);
    const { endpoint, p256dh, auth } = due;
    try {
      const posted = await post({ endpoint, keys: { p256dh, auth }, text, topic: topicOf(conversation) });
      if (posted.was === 'gone') return forget(due);
      if (posted.was === 'later') return later(due, posted.afterMs);
      if (posted.was === 'refused') log.warn({ pushService: new URL(endpoint).host }, 'a push service refused a notification');
      return end(due, posted.was);
    } catch (error) {
      if (error instanceof NotPublic || (error instanceof ParleyError && error.code === 'endpoint-refused')) return forget(due);
      log.debug({ error }, 'a push service could not be reached');
      return later(due);
    }
  };

  /** Tells whether there may be more. */
  const sweep = async (): Promise<boolean> => {
    const due = await queue.claim(AT_ONCE);
    if (due.length === 0) return false;
    const known = await find(due).catch((error: unknown) => {
      log.debug({ error }, 'whether to notify could not be asked');
      return;
    });
    await Promise.all(due.map((one) => (known ? send(one, known) : later(one))));
    return due.length === AT_ONCE;
  };

  const run = async () => {
    while (!closing.signal.aborted) {
      const more = await sweep().catch((error: unknown) => {
        log.warn({ error }, 'notifications to closed pages could not be sent');
        return false;
      });
      if (!more) await clock.sleep(SWEEP_MS, closing.signal);
    }
  };
  const running = run();
  return {
    async [Symbol.asyncDispose]() {
      closing.abort();
      await running;
    },
  };
}

/** Decided meanwhile, or read. Who is blocked has nothing unread. */
const isQuiet = ({ unread, settings }: Conversation, now: number) =>
  unread === 0 || settings.blocked || (settings.mutedUntil !== null && Date.parse(settings.mutedUntil) > now);

/** A push service holds one of each for a device that is off; it is not to know which conversation it is. */
const topicOf = ({ conversationId }: Conversation) => createHash('sha256').update(conversationId).digest('base64url').slice(0, 32);

import { z } from 'zod';
import { ClientId, Content, ConversationId, Emoji, Instant, Mark, Preview, Seq, SessionId, Update, UserId, Version } from './entities.ts';
import { type ErrorCode, errors } from './errors.ts';

/** Counts what happened to one account, so that hearers can tell an old event from a new one whatever order they arrive in. */
const AccountNumber = z.int().min(1);

/** Who gave a command: set by socket-handler from the session, never taken from the client. */
const command = {
  clientId: ClientId,
  conversationId: ConversationId,
  senderId: UserId,
  peerId: UserId,
  /** The socket that gave it, for a refusal that concerns this device alone. */
  deviceId: z.string(),
};

/**
 * What is now true of a conversation, for both of its people. Pods pass `update` on as `updateFor` gives it: `concealed`
 * names the one who is given an empty change instead (a withheld message, what a blocked person changed). What is one
 * person's alone (a deletion for themselves, marks that they show to nobody, the answer to a command that altered
 * nothing) is told to them `only`, and is no change for the other. The name says the most that is in it: new messages may
 * come with marks that moved in the same batch. Where `from` = `version` nothing is new: it answers the giver again, or
 * lets the other see whether they missed something.
 */
const outcome = {
  members: z.tuple([UserId, UserId]),
  update: Update.omit({ answers: true }),
  concealed: UserId.optional(),
  /** The other one hears nothing of it. Its versions are as this person counts them. */
  only: UserId.optional(),
  /** So many changes before were the other's alone, and this person counts as many less. */
  behind: z.record(UserId, z.int().min(1)).optional(),
  /** The commands that this answers, other than messages; each of the two is given their own. */
  answers: z.record(UserId, z.array(ClientId)).optional(),
  /**
   * For lists and badges, per person; absent where nothing is to be told. Without `preview`: the last message is as it
   * was. `notify`: the peer wrote something new, and this person neither blocked nor muted them.
   */
  lists: z
    .record(UserId, z.object({ lastSeq: Mark, unread: z.int().min(0), preview: Preview.nullable().optional(), notify: z.boolean() }))
    .optional(),
};

/** Of one person; `number` grows with each change of theirs. */
const presence = {
  userId: UserId,
  number: z.int().min(1),
  at: Instant,
  /** They show nobody when they were last here; whether they are here now is told all the same. */
  hidesLastSeen: z.boolean().optional(),
};

/** Who hears of an outcome. */
export const hearersOf = ({ members, only }: { members: readonly UserId[]; only?: UserId | undefined }): readonly UserId[] =>
  only === undefined ? members : [only];

type Told = Pick<z.infer<z.ZodObject<typeof outcome>>, 'update' | 'concealed' | 'behind' | 'answers'>;

/** Whether all who hear of an outcome are given the very same. */
export const isForAllAlike = ({ concealed, behind, answers }: Told) =>
  concealed === undefined && behind === undefined && answers === undefined;

/** What one of those who hear of an outcome is given of it. */
export function updateFor(told: Told, userId: UserId): Update {
  const { update, concealed, behind, answers } = told;
  if (isForAllAlike(told)) return update;
  const less = behind?.[userId] ?? 0;
  const { conversationId, epoch, from, version, messages } = update;
  const seen = concealed === userId ? { conversationId, epoch, messages: [] } : { ...update, messages: counted(messages, less) };
  const own = answers?.[userId];
  return { ...seen, from: from - less, version: version - less, ...(own && { answers: own }) };
}

const counted = (messages: Update['messages'], less: number) =>
  less === 0 ? messages : messages.map((message) => ({ ...message, version: message.version - less }));

const event = <D extends z.ZodObject>(owner: Service, hearers: readonly Service[], data: D) => ({ owner, hearers, data });

export const services = ['auth', 'users', 'messages', 'socket-handler', 'notifications'] as const;
export type Service = (typeof services)[number];

/**
 * Every fact that crosses the bus, by routing key. The owner alone publishes it; the hearers are all that listen.
 * user-events: what became of people. Never an e-mail address, never a secret.
 */
export const userEvents = {
  'user.registered': event(
    'auth',
    ['users', 'messages', 'notifications'],
    z.object({ userId: UserId, number: AccountNumber, userName: z.string(), displayName: z.string(), at: Instant }),
  ),
  'user.logged-in': event(
    'auth',
    ['notifications'],
    z.object({ userId: UserId, number: AccountNumber, sessionId: SessionId, deviceName: z.string(), at: Instant }),
  ),
  'user.signed-out': event(
    'auth',
    ['notifications'],
    z.object({ userId: UserId, number: AccountNumber, sessionId: SessionId, at: Instant }),
  ),
  /** The account is gone: whoever keeps something of it erases that. It replaces all earlier events of the account. */
  'user.deleted': event('auth', ['users', 'messages', 'notifications'], z.object({ userId: UserId, number: AccountNumber, at: Instant })),
  /** Every pod closes the sockets of these sessions and refuses their tokens. */
  'session.ended': event(
    'auth',
    ['auth', 'users', 'messages', 'socket-handler', 'notifications'],
    z.object({
      userId: UserId,
      number: AccountNumber,
      sessionIds: z.array(SessionId).min(1),
      reason: z.enum(['signed-out', 'revoked', 'password-changed', 'token-reused', 'account-disabled', 'account-deleted']),
      at: Instant,
    }),
  ),
  'user.updated': event(
    'users',
    ['notifications'],
    z.object({
      userId: UserId,
      /** The profile's own count, not the account's. */
      number: AccountNumber,
      userName: z.string(),
      displayName: z.string(),
      about: z.string(),
      pictureId: z.string().nullable(),
      at: Instant,
    }),
  ),
  'user.online': event('notifications', ['users', 'notifications'], z.object(presence)),
  /** `at`: the last sign of life. */
  'user.offline': event('notifications', ['users', 'notifications'], z.object(presence)),
  /** What a person decided about their own notifications; `number` grows with each change. */
  'preferences.changed': event(
    'notifications',
    ['notifications'],
    z.object({
      userId: UserId,
      number: z.int().min(1),
      doNotDisturbUntil: Instant.nullable(),
      showLastSeen: z.boolean(),
      previews: z.boolean().optional(),
      /** A browser of theirs is notified while it is closed. */
      pushes: z.boolean().optional(),
    }),
  ),
  'person.blocked': event(
    'messages',
    ['users', 'socket-handler', 'notifications'],
    z.object({ userId: UserId, peerId: UserId, number: z.int().min(1), at: Instant }),
  ),
  'person.unblocked': event(
    'messages',
    ['users', 'socket-handler', 'notifications'],
    z.object({ userId: UserId, peerId: UserId, number: z.int().min(1), at: Instant }),
  ),
  /** Whom a new message found without any device that hears of it: for whoever can reach them elsewhere. Of each conversation the last place. */
  'person.unreached': event(
    'messages',
    ['notifications'],
    z.object({ people: z.array(z.object({ userId: UserId, peerId: UserId, seq: Seq })).min(1) }),
  ),
} as const;

/** message-events, first half: what a person did. Nothing of it is true before `messages` has said so. */
export const commandEvents = {
  'message.sent': event('socket-handler', ['messages'], z.object({ ...command, content: Content, replyTo: Seq.nullable() })),
  'message.edited': event(
    'socket-handler',
    ['messages'],
    /** `saw`: the version of the message that the editor had before them. */
    z.object({ ...command, seq: Seq, saw: Version, content: Content }),
  ),
  'message.deleted': event('socket-handler', ['messages'], z.object({ ...command, seq: Seq, scope: z.enum(['everyone', 'me']) })),
  'message.reacted': event('socket-handler', ['messages'], z.object({ ...command, seq: Seq, emoji: Emoji, set: z.boolean() })),
  'message.delivered': event('socket-handler', ['messages'], z.object({ ...command, seq: Seq })),
  'message.read': event('socket-handler', ['messages'], z.object({ ...command, seq: Seq })),
} as const;

/** message-events, second half: what is now true, told to the pods that hold a device of one of the two. */
export const outcomeEvents = {
  'message.stored': event('messages', ['socket-handler', 'notifications'], z.object(outcome)),
  'message.changed': event('messages', ['socket-handler', 'notifications'], z.object(outcome)),
  'receipt.moved': event('messages', ['socket-handler', 'notifications'], z.object(outcome)),
  /** For good, always: what its device wrote next is stored already, and must not be overtaken by what it tries again. */
  'message.refused': event(
    'messages',
    ['socket-handler'],
    z.object({
      clientId: ClientId,
      conversationId: ConversationId,
      senderId: UserId,
      code: z.enum(Object.keys(errors) as [ErrorCode, ...ErrorCode[]]),
    }),
  ),
  /** One person's own settings of a conversation; told to that person's devices alone. */
  'settings.changed': event(
    'messages',
    ['notifications'],
    z.object({
      userId: UserId,
      conversationId: ConversationId,
      peerId: UserId,
      settings: z.object({
        pinned: z.boolean(),
        archived: z.boolean(),
        mutedUntil: Instant.nullable(),
        markedUnread: z.boolean(),
        blocked: z.boolean(),
      }),
      settingsVersion: z.int().min(0),
      unread: z.int().min(0),
    }),
  ),
} as const;

/** From the pods of a service to one another: what never is stored. */
export const ephemeralEvents = {
  /** The account events in this person's inbox are others than before, or read. */
  'inbox.changed': event('notifications', ['notifications'], z.object({ userId: UserId })),
  'person.typing': event(
    'socket-handler',
    ['socket-handler'],
    z.object({ conversationId: ConversationId, userId: UserId, peerId: UserId, active: z.boolean() }),
  ),
} as const;

export const events = { ...userEvents, ...commandEvents, ...outcomeEvents, ...ephemeralEvents };

export type EventName = keyof typeof events;
export type EventData<N extends EventName> = z.infer<(typeof events)[N]['data']>;
export type CommandName = keyof typeof commandEvents;
export type OutcomeName = keyof typeof outcomeEvents;

/** An event with its name: what handlers are given. */
export type Fact<N extends EventName = EventName> = { [K in N]: { name: K; data: EventData<K> } }[N];

export const exchangeOf = (name: EventName): 'user-events' | 'message-events' =>
  Object.hasOwn(userEvents, name) ? 'user-events' : 'message-events';

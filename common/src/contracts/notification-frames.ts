import { z } from 'zod';
import { commonFrames, frame, helloShape } from './chat-frames.ts';
import {
  ConversationId,
  Epoch,
  Instant,
  Mark,
  MarksByUser,
  Presence,
  Preview,
  Profile,
  SessionId,
  Settings,
  UserId,
  Version,
} from './entities.ts';
import { limits } from './limits.ts';

/** /ws/notifications, device to server. */
export const NotificationUp = z.discriminatedUnion('type', [
  /** The people on this device's screen, beside those it has conversations with; `people`: its list of people is open. */
  frame('watch', { userIds: z.array(UserId).max(limits.watchedPeople), people: z.boolean() }),
  /** Whether a person can see this device's page just now; taken for true until it is said. */
  frame('visible', { visible: z.boolean() }),
  frame('ping', {}),
]);
export type NotificationUp = z.infer<typeof NotificationUp>;

/** A change of one of my conversations, small: enough for lists, badges and ticks while its room is closed. */
export const Notice = z.object({
  conversationId: ConversationId,
  peerId: UserId,
  epoch: Epoch,
  version: Version,
  lastSeq: Mark,
  unread: z.int().min(0),
  /** Absent: the last message is as it was. */
  preview: Preview.nullable().optional(),
  /** Of whom they moved; merged as in an update. */
  marks: MarksByUser.optional(),
  /** Whether this deserves a sound or a browser notification: a new message of the peer, not muted, not blocked. */
  notify: z.boolean(),
});
export type Notice = z.infer<typeof Notice>;

/** /ws/notifications, server to device. A client ignores types that it does not know. */
export const NotificationDown = z.discriminatedUnion('type', [
  frame('hello', helloShape),
  /** To a stream without a session: all it ever hears. */
  frame('guest', { online: z.int().min(0) }),
  frame('notice', { notice: Notice }),
  frame('settings', { conversationId: ConversationId, peerId: UserId, settings: Settings, settingsVersion: z.int(), unread: z.int() }),
  /**
   * Of each person the one with the higher number holds, of two with the same the later. `snapshot`: what was known before is forgotten; whoever I have a
   * conversation with and is not named is offline.
   */
  frame('presence', { people: z.array(Presence), snapshot: z.literal(true).optional() }),
  /** Nobody can tell just now: everybody's presence is unknown until the next snapshot. */
  frame('presence-unknown', {}),
  /** Somebody new, or somebody who looks different now. */
  frame('person', { profile: Profile, profileNumber: z.int().min(0), isNew: z.boolean() }),
  frame('person-gone', { userId: UserId }),
  /** So many account events of the inbox are unread now; of conversations, notices tell. */
  frame('inbox', { account: z.int().min(0) }),
  /** Another session of mine began or ended. */
  frame('account', { kind: z.enum(['logged-in', 'signed-out']), sessionId: SessionId, deviceName: z.string().optional(), at: Instant }),
  frame('preferences', { doNotDisturbUntil: Instant.nullable(), showLastSeen: z.boolean(), previews: z.boolean().optional() }),
  ...commonFrames,
]);
export type NotificationDown = z.infer<typeof NotificationDown>;

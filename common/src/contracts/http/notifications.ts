import { z } from 'zod';
import { ConversationId, Instant, Preview, Seq, UserId } from '../entities.ts';
import { limits } from '../limits.ts';
import type { Route } from './route.ts';

/** One entry a conversation with something unread, and one an account event. */
export const InboxEntry = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('conversation'),
    conversationId: ConversationId,
    peerId: UserId,
    unread: z.int(),
    /** The last place that is unread: reading the entry reads up to it. */
    seq: Seq,
    preview: Preview.nullable(),
    at: Instant,
  }),
  z.object({
    kind: z.literal('account'),
    id: z.uuid(),
    what: z.enum(['logged-in', 'password-changed']),
    deviceName: z.string(),
    at: Instant,
    read: z.boolean(),
  }),
]);
export type InboxEntry = z.infer<typeof InboxEntry>;

/** What is unread, by kind of entry. A client that shows the two as one number takes the first from its own list of conversations. */
const InboxUnread = z.object({ conversations: z.int(), account: z.int() });

const Reading = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('conversation'), peerId: UserId, seq: Seq }),
  z.object({ kind: z.literal('account'), id: z.uuid() }),
]);

/** `previews`: whether a notification to a closed page shows what was written, or only by whom. */
export const NotificationSettings = z.object({ doNotDisturbUntil: Instant.nullable(), showLastSeen: z.boolean(), previews: z.boolean() });
export type NotificationSettings = z.infer<typeof NotificationSettings>;

/** As `PushSubscription.toJSON()` gives it: base64url, a point on P-256 and 16 bytes. */
export const PushTarget = z.object({
  endpoint: z.url().max(limits.pushEndpoint),
  keys: z.object({ p256dh: z.string().regex(/^[\w-]{87}=?$/), auth: z.string().regex(/^[\w-]{22}(==)?$/) }),
});
export type PushTarget = z.infer<typeof PushTarget>;

export const notificationRoutes = {
  inbox: {
    service: 'notifications',
    method: 'get',
    path: '/api/notifications/inbox',
    access: 'session',
    summary: 'What waits for me, newest first. `limit` counts conversations; the account events between them come along.',
    input: z.object({ after: z.string().max(1024).optional(), limit: z.coerce.number().int().min(1).max(limits.page).default(50) }),
    output: z.object({ entries: z.array(InboxEntry), unread: InboxUnread, after: z.string().nullable() }),
    errors: [],
  },
  markInboxRead: {
    service: 'notifications',
    method: 'post',
    path: '/api/notifications/inbox/read',
    access: 'session',
    summary: 'Mark entries as read, or all that there is; the read marks of their conversations follow, up to the seq that each names.',
    input: z.object({ entries: z.array(Reading).max(limits.page).optional() }),
    output: z.object({ unread: InboxUnread }),
    errors: [],
  },
  notificationSettings: {
    service: 'notifications',
    method: 'get',
    path: '/api/notifications/settings',
    access: 'session',
    summary: 'Do not disturb; whether others see when I was last here, and I when they were; whether notifications show what was written.',
    input: z.object({}),
    output: NotificationSettings,
    errors: [],
  },
  changeNotificationSettings: {
    service: 'notifications',
    method: 'patch',
    path: '/api/notifications/settings',
    access: 'session',
    summary: 'Change them.',
    input: NotificationSettings.partial(),
    output: NotificationSettings,
    errors: [],
  },
  push: {
    service: 'notifications',
    method: 'get',
    path: '/api/notifications/push',
    access: 'session',
    summary:
      'The key that a browser subscribes with, null when notifications to closed pages are not set up; and whether this session has one.',
    input: z.object({}),
    output: z.object({ publicKey: z.string().nullable(), subscribed: z.boolean() }),
    errors: [],
  },
  subscribePush: {
    service: 'notifications',
    method: 'put',
    path: '/api/notifications/push',
    access: 'session',
    summary: 'Notify this browser of new messages while it is closed, until the session ends. What was there before is replaced.',
    input: PushTarget,
    output: null,
    errors: ['push-off', 'endpoint-refused'],
  },
  unsubscribePush: {
    service: 'notifications',
    method: 'delete',
    path: '/api/notifications/push',
    access: 'session',
    summary: 'Notify this browser no more. Doing it twice is not an error.',
    input: z.object({}),
    output: null,
    errors: [],
  },
} as const satisfies Record<string, Route>;

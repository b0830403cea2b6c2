import { z } from 'zod';
import {
  Conversation,
  ConversationId,
  Epoch,
  Instant,
  MarksByUser,
  Message,
  Preview,
  personText,
  Seq,
  Settings,
  Update,
  UserId,
  Version,
} from '../entities.ts';
import { limits } from '../limits.ts';
import type { Route } from './route.ts';

const Limit = z.coerce.number().int().min(1).max(limits.page).default(50);
const After = z.string().max(512).optional();
const Place = z.coerce.number().int().min(1);

/** A stretch of a conversation, in order, and the version that it is complete to: read in one snapshot. */
export const Page = z.object({
  conversationId: z.uuid(),
  epoch: Epoch,
  version: Version,
  lastSeq: z.int().min(0),
  messages: z.array(Message),
  /** Seqs within the stretch that this person deleted for themselves. */
  hidden: z.array(Seq),
  marks: MarksByUser,
  hasBefore: z.boolean(),
  hasAfter: z.boolean(),
});
export type Page = z.infer<typeof Page>;

export const Changes = z.union([
  /** Drop what you have of this conversation and read its newest page. */
  z.object({ reset: z.literal(true), epoch: Epoch, version: Version }),
  z.object({ reset: z.literal(false), update: Update, more: z.boolean() }),
]);
export type Changes = z.infer<typeof Changes>;

export const messageRoutes = {
  /** Archived ones, those that are not, or, when it is not said, all. */
  listConversations: {
    service: 'messages',
    method: 'get',
    path: '/api/messages/conversations',
    access: 'session',
    summary: 'My conversations, pinned first, then by last activity.',
    input: z.object({ after: After, limit: Limit, archived: z.stringbool().optional() }),
    output: z.object({ conversations: z.array(Conversation), after: z.string().nullable() }),
    errors: [],
  },
  /** What a client that returns compares with what it has. */
  conversationVersions: {
    service: 'messages',
    method: 'get',
    path: '/api/messages/versions',
    access: 'session',
    summary: 'The version of each of my conversations, in pages by conversation id.',
    input: z.object({ after: After }),
    output: z.object({ epoch: Epoch, versions: z.array(z.tuple([z.uuid(), Version, z.int().min(0)])), after: z.string().nullable() }),
    errors: [],
  },
  conversation: {
    service: 'messages',
    method: 'get',
    path: '/api/messages/conversations/:peerId',
    access: 'session',
    summary: 'My conversation with one person; an empty one when nothing was said yet.',
    input: z.object({ peerId: UserId }),
    output: Conversation,
    errors: ['person-not-found', 'written-to-self'],
  },
  history: {
    service: 'messages',
    method: 'get',
    path: '/api/messages/conversations/:peerId/messages',
    access: 'session',
    summary: 'A page of messages: the newest, or those before, after or around a place.',
    input: z.object({ peerId: UserId, before: Place.optional(), after: Place.optional(), around: Place.optional(), limit: Limit }),
    output: Page,
    errors: ['written-to-self'],
  },
  changes: {
    service: 'messages',
    method: 'get',
    path: '/api/messages/conversations/:peerId/changes',
    access: 'session',
    summary: 'The state of everything that changed after a version.',
    input: z.object({ peerId: UserId, epoch: Epoch, since: z.coerce.number().int().min(0) }),
    output: Changes,
    errors: ['written-to-self'],
  },
  changeSettings: {
    service: 'messages',
    method: 'patch',
    path: '/api/messages/conversations/:peerId/settings',
    access: 'session',
    summary: 'Pin, archive, mute or mark one of my conversations as unread.',
    input: z.object({
      peerId: UserId,
      pinned: z.boolean().optional(),
      archived: z.boolean().optional(),
      mutedUntil: Instant.nullable().optional(),
      markedUnread: z.boolean().optional(),
    }),
    output: z.object({ settings: Settings, settingsVersion: z.int() }),
    errors: ['person-not-found', 'written-to-self'],
  },
  block: {
    service: 'messages',
    method: 'put',
    path: '/api/messages/blocks/:peerId',
    access: 'session',
    summary: 'Block a person. They can not tell.',
    input: z.object({ peerId: UserId }),
    output: null,
    errors: ['person-not-found', 'written-to-self'],
  },
  unblock: {
    service: 'messages',
    method: 'delete',
    path: '/api/messages/blocks/:peerId',
    access: 'session',
    summary: 'Unblock a person. What they wrote meanwhile stays withheld.',
    input: z.object({ peerId: UserId }),
    output: null,
    errors: ['written-to-self'],
  },
  listBlocks: {
    service: 'messages',
    method: 'get',
    path: '/api/messages/blocks',
    access: 'session',
    summary: 'Whom I blocked.',
    input: z.object({}),
    output: z.object({ userIds: z.array(UserId) }),
    errors: [],
  },
  search: {
    service: 'messages',
    method: 'get',
    path: '/api/messages/search',
    access: 'session',
    summary: 'Find messages in all my conversations, or in one.',
    input: z.object({ q: z.string().trim().min(1).max(limits.searchText), peerId: UserId.optional(), after: After, limit: Limit }),
    output: z.object({
      hits: z.array(z.object({ conversationId: z.uuid(), peerId: UserId, message: Message })),
      after: z.string().nullable(),
    }),
    errors: [],
  },
  report: {
    service: 'messages',
    method: 'post',
    path: '/api/messages/conversations/:peerId/reports',
    access: 'session',
    summary: 'Report a message to the operator.',
    input: z.object({ peerId: UserId, seq: Seq, note: personText(limits.reportNote).default('') }),
    output: null,
    status: 202,
    errors: ['message-not-found', 'written-to-self'],
  },
  privacy: {
    service: 'messages',
    method: 'get',
    path: '/api/messages/privacy',
    access: 'session',
    summary: 'Who may write to me, and whether I send read receipts.',
    input: z.object({}),
    output: z.object({ onlyAnswered: z.boolean(), readReceipts: z.boolean() }),
    errors: [],
  },
  changePrivacy: {
    service: 'messages',
    method: 'patch',
    path: '/api/messages/privacy',
    access: 'session',
    summary: 'Change who may write to me, or whether I send read receipts.',
    input: z.object({ onlyAnswered: z.boolean().optional(), readReceipts: z.boolean().optional() }),
    output: z.object({ onlyAnswered: z.boolean(), readReceipts: z.boolean() }),
    errors: [],
  },
  exportMessages: {
    service: 'messages',
    method: 'get',
    path: '/api/messages/export',
    access: 'session',
    summary: 'Everything of my conversations that I may see: one JSON object a line, a conversation before its messages.',
    input: z.object({}),
    output: z.instanceof(Uint8Array),
    download: { mediaTypes: ['application/x-ndjson'] },
    errors: [],
  },

  // For the other services alone; the edge passes nothing of /internal on.
  readConversations: {
    service: 'messages',
    method: 'post',
    path: '/internal/messages/read',
    access: 'internal',
    summary: 'Move read marks of one person, as if their device had read up to these places.',
    input: z.object({
      userId: UserId,
      reads: z
        .array(z.object({ peerId: UserId, seq: Seq }))
        .min(1)
        .max(limits.versionsPage),
    }),
    output: z.object({ conversations: z.array(z.object({ conversationId: z.uuid(), peerId: UserId, version: Version, unread: z.int() })) }),
    errors: [],
  },
  unreadConversations: {
    service: 'messages',
    method: 'get',
    path: '/internal/messages/people/:userId/unread',
    access: 'internal',
    summary: 'The conversations of one person that hold something unread, by last activity, and how many there are.',
    input: z.object({ userId: UserId, after: After, limit: Limit }),
    output: z.object({ conversations: z.array(Conversation), total: z.int(), after: z.string().nullable() }),
    errors: [],
  },
  conversationPeers: {
    service: 'messages',
    method: 'post',
    path: '/internal/messages/peers',
    access: 'internal',
    summary:
      'With whom each of these has conversations, and who of the two blocked the other: the audience of presence. In pages by conversation id.',
    input: z.object({ userIds: z.array(UserId).min(1).max(limits.peersOf), after: After }),
    output: z.object({
      people: z.array(
        z.object({
          userId: UserId,
          peers: z.array(z.object({ peerId: UserId, blocks: z.boolean(), blockedBy: z.boolean() })),
          after: z.string().nullable(),
        }),
      ),
    }),
    errors: [],
  },
  blockedConversations: {
    service: 'messages',
    method: 'post',
    path: '/internal/messages/blocked',
    access: 'internal',
    summary: 'Of these conversations those in which one of the two blocks the other.',
    input: z.object({ conversationIds: z.array(ConversationId).max(limits.versionsPage) }),
    output: z.object({ blocked: z.array(ConversationId) }),
    errors: [],
  },
} as const satisfies Record<string, Route>;

export { Preview };

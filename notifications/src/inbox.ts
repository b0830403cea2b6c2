import {
  type Conversation,
  type InboxEntry,
  type Input,
  limits,
  messageRoutes,
  type notificationRoutes,
  type Output,
  ParleyError,
} from '@parley/common/contracts';
import type { Ask, Clock } from '@parley/common/server';
import { z } from 'zod';
import type { AccountEvents } from './account-events.ts';

export interface InboxOptions {
  readonly ask: Ask;
  readonly clock: Clock;
  readonly events: AccountEvents;
  /** The account events of this person are others than before, or read. */
  readonly onChanged: (userId: string) => void;
}

type Unread = Output<typeof notificationRoutes.inbox>['unread'];
type Reading = NonNullable<Input<typeof notificationRoutes.markInboxRead>['entries']>[number];

/** Conversations that messages is asked to mark in one go. */
const READ_AT_ONCE = limits.versionsPage;

interface Place {
  readonly peerId: string;
  readonly seq: number;
}

/** Where a page ended: what messages gave for it (null: there are no more of its entries), and when its last entry was. */
const PageEnd = z.object({ messages: z.string().nullable(), before: z.iso.datetime() });

/**
 * What waits for a person. Conversations are not kept here but asked for when somebody looks: so nothing can drift from
 * what messages counts, and nothing of what was said is kept a second time.
 */
export function createInbox({ ask, clock, events, onChanged }: InboxOptions) {
  const unreadOf = async (userId: string): Promise<Unread> => {
    const [{ total }, account] = await Promise.all([ask(messageRoutes.unreadConversations, { userId, limit: 1 }), events.unread([userId])]);
    return { conversations: total, account: account.get(userId) ?? 0 };
  };

  const conversationsOf = (userId: string, after: string | null | undefined, limit: number) =>
    after === null ? undefined : ask(messageRoutes.unreadConversations, { userId, limit, ...(after !== undefined && { after }) });

  /** Each at the place where it stands now; what comes after that stays unread. */
  const allUnread = async (userId: string) => {
    const conversations: Conversation[] = [];
    for (let after: string | null | undefined; after !== null; ) {
      const page = await conversationsOf(userId, after, limits.page);
      conversations.push(...(page?.conversations ?? []));
      after = page?.after ?? null;
    }
    return conversations.filter(hasPlace).map(({ peerId, lastSeq }) => ({ peerId, seq: lastSeq }));
  };

  const readConversations = async (userId: string, reads: readonly Place[]) => {
    for (let i = 0; i < reads.length; i += READ_AT_ONCE) {
      await ask(messageRoutes.readConversations, { userId, reads: reads.slice(i, i + READ_AT_ONCE) });
    }
  };

  return {
    async page(userId: string, { after, limit }: Input<typeof notificationRoutes.inbox>): Promise<Output<typeof notificationRoutes.inbox>> {
      const end = after === undefined ? undefined : readEnd(after);
      const page = await conversationsOf(userId, end?.messages, limit);
      const conversations = page?.conversations ?? [];
      const more = page?.after ?? null;
      // Up to the last conversation of this page; all the rest when there is no other.
      const from = more === null ? undefined : conversations.at(-1)?.lastActivityAt;
      const account = await events.list(userId, { before: end?.before, from });
      const entries = [...conversations.filter(hasPlace).map(conversationEntry), ...account.map(accountEntry)].sort(newestFirst);
      return {
        entries,
        unread: await unreadOf(userId),
        after: more === null || from === undefined ? null : writeEnd({ messages: more, before: from }),
      };
    },

    async read(userId: string, entries: readonly Reading[] | undefined): Promise<Unread> {
      const ids = entries?.flatMap((entry) => (entry.kind === 'account' ? [entry.id] : [])) ?? 'all';
      const reads = entries?.flatMap((entry) => (entry.kind === 'conversation' ? [{ peerId: entry.peerId, seq: entry.seq }] : []));
      await readConversations(userId, reads ?? (await allUnread(userId)));
      if ((ids === 'all' || ids.length > 0) && (await events.read(userId, ids, new Date(clock.now())))) onChanged(userId);
      return unreadOf(userId);
    },
  };
}

export type Inbox = ReturnType<typeof createInbox>;

/** One that was only marked unread may hold nothing yet. */
const hasPlace = ({ lastSeq }: Conversation) => lastSeq > 0;

const conversationEntry = ({ conversationId, peerId, unread, lastSeq, preview, lastActivityAt }: Conversation): InboxEntry => ({
  kind: 'conversation',
  conversationId,
  peerId,
  unread,
  seq: lastSeq,
  preview,
  at: lastActivityAt,
});

type Row = Awaited<ReturnType<AccountEvents['list']>>[number];
const accountEntry = ({ id, what, deviceName, at, readAt }: Row): InboxEntry => ({
  kind: 'account',
  id,
  what: what as 'logged-in' | 'password-changed',
  deviceName,
  at: at.toISOString(),
  read: readAt !== null,
});

const newestFirst = (one: InboxEntry, other: InboxEntry) => (one.at < other.at ? 1 : one.at > other.at ? -1 : 0);

const writeEnd = (end: z.infer<typeof PageEnd>) => Buffer.from(JSON.stringify(end)).toString('base64url');

function readEnd(text: string) {
  try {
    return PageEnd.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch {
    throw new ParleyError('invalid-input', { details: [{ field: 'after', message: 'not where a page ended' }] });
  }
}

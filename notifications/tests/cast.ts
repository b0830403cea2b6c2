import { randomUUID } from 'node:crypto';
import {
  authRoutes,
  type Conversation,
  conversationIdOf,
  type EventData,
  membersOf,
  messageRoutes,
  ParleyError,
  type Route,
  userRoutes,
} from '@parley/common/contracts';
import type { Ask } from '@parley/common/server';
import { instant } from '@parley/common/server';
import { defaultSettings, type SocketSettings } from '@parley/common/sockets';
import { fetchTestKeys, TEST_ORIGIN, type TestPlatform, type TestPod, type TestWorldOptions } from '@parley/common/testing';
import type { Config } from '../src/config.ts';
import { startNotifications } from '../src/service.ts';

export const config = (sockets: Partial<SocketSettings> = {}, rest: Partial<Config> = {}): Config => ({
  allowedOrigins: [TEST_ORIGIN],
  trustedProxies: [],
  sockets: { ...defaultSettings, drainSeconds: 0, ...sockets },
  ...rest,
});

/** What messages would answer to this service; a test changes it as it likes. */
export class Conversations {
  readonly #peers = new Map<string, Map<string, { blocks: boolean; blockedBy: boolean }>>();
  /** The unread conversations of a person, by last activity. */
  readonly unread = new Map<string, Conversation[]>();
  /** What users would say they are called. */
  readonly names = new Map<string, string>();
  /** Sessions that auth would say are over. */
  readonly ended = new Set<string>();
  readonly reads: { userId: string; peerId: string; seq: number }[] = [];
  away = false;

  between(one: string, other: string) {
    this.#of(one).set(other, { blocks: false, blockedBy: false });
    this.#of(other).set(one, { blocks: false, blockedBy: false });
  }

  block(userId: string, peerId: string, blocks = true) {
    this.#of(userId).set(peerId, { ...(this.#of(userId).get(peerId) ?? { blockedBy: false }), blocks });
    this.#of(peerId).set(userId, { ...(this.#of(peerId).get(userId) ?? { blocks: false }), blockedBy: blocks });
  }

  readonly ask: Ask = (async (route: Route, input: Record<string, never>) => {
    if (route.path === '/api/auth/keys') return { keys: await fetchTestKeys() };
    if (route === (authRoutes.checkSessions as Route))
      return { ended: (input['sessionIds'] as unknown as string[]).filter((id) => this.ended.has(id)) };
    if (route === (userRoutes.names as Route)) {
      const userIds = input['userIds'] as unknown as string[];
      return { people: userIds.flatMap((userId) => ({ userId, displayName: this.names.get(userId) ?? 'Somebody' })) };
    }
    if (this.away) throw new ParleyError('unavailable');
    if (route === (messageRoutes.conversationPeers as Route)) {
      const peersOf = (userId: string) => [...this.#of(userId)].map(([peerId, blocks]) => ({ peerId, ...blocks }));
      return { people: (input['userIds'] as unknown as string[]).map((userId) => ({ userId, peers: peersOf(userId), after: null })) };
    }
    const userId = input['userId'] as unknown as string;
    if (route === (messageRoutes.unreadConversations as Route)) return this.#unread(userId, input);
    if (route === (messageRoutes.readConversations as Route))
      return this.#read(userId, input['reads'] as unknown as { peerId: string; seq: number }[]);
    throw new Error(`nobody answers ${route.path} here`);
  }) as Ask;

  #unread(userId: string, { after, limit }: { after?: string; limit?: number }) {
    const all = this.unread.get(userId) ?? [];
    const from = Number(after ?? 0);
    const to = from + (limit ?? 50);
    return { conversations: all.slice(from, to), total: all.length, after: to < all.length ? String(to) : null };
  }

  #read(userId: string, reads: readonly { peerId: string; seq: number }[]) {
    for (const read of reads) this.reads.push({ userId, ...read });
    const left = (this.unread.get(userId) ?? []).filter(
      (one) => !reads.some(({ peerId, seq }) => peerId === one.peerId && seq >= one.lastSeq),
    );
    this.unread.set(userId, left);
    return { conversations: [] };
  }

  #of(userId: string) {
    const peers = this.#peers.get(userId) ?? new Map();
    this.#peers.set(userId, peers);
    return peers as Map<string, { blocks: boolean; blockedBy: boolean }>;
  }
}

export const startPod = (
  platform: TestPlatform,
  conversations: Conversations,
  options: TestWorldOptions = {},
  settings = config(),
): Promise<TestPod> => platform.start('notifications', startNotifications, settings, { ask: conversations.ask, ...options });

type Outcome = EventData<'message.stored'>;

/** What messages would say when `from` has written to `to`. */
export function stored(
  from: string,
  to: string,
  {
    version = 1,
    seq = version,
    unread = 1,
    text = 'hello',
    ...rest
  }: Partial<Outcome> & { version?: number; seq?: number; unread?: number; text?: string } = {},
): Outcome {
  const sentAt = instant(Date.parse('2026-01-01T00:00:00Z'));
  const conversationId = conversationIdOf(from, to);
  const clientId = randomUUID();
  const preview = { seq, senderId: from, text, sentAt };
  return {
    members: membersOf(from, to),
    update: {
      conversationId,
      epoch: 'one',
      from: version - 1,
      version,
      messages: [
        {
          id: randomUUID(),
          seq,
          version,
          clientId,
          senderId: from,
          content: { kind: 'text', text },
          replyTo: null,
          sentAt,
          editedAt: null,
          deletedAt: null,
          reactions: [],
        },
      ],
    },
    lists: {
      [from]: { lastSeq: seq, unread: 0, preview, notify: false },
      [to]: { lastSeq: seq, unread, preview, notify: true },
    },
    ...rest,
  };
}

/** Somebody's conversation as messages would list it. */
export const conversation = (
  me: string,
  peerId: string,
  { lastSeq = 1, unread = 1, at = '2026-01-01T00:00:00.000Z' } = {},
): Conversation => ({
  conversationId: conversationIdOf(me, peerId),
  peerId,
  epoch: 'one',
  version: lastSeq,
  lastSeq,
  lastActivityAt: at,
  preview: { seq: lastSeq, senderId: peerId, text: 'hello', sentAt: at },
  unread,
  marks: {},
  settings: { pinned: false, archived: false, mutedUntil: null, markedUnread: false, blocked: false },
  settingsVersion: 0,
  closed: false,
});

/** Tells what messages says to the pods that hold a device of one of the two, as messages would. */
export async function announce(pod: TestPod, name: 'message.stored' | 'message.changed' | 'receipt.moved', data: Outcome) {
  const pods = await pod.world.registry.podsOf('notifications', data.members);
  const to = pods === 'every' ? pods : [...new Set(data.members.flatMap((userId) => pods.get(userId) ?? []))];
  await pod.world.bus.publish(name, data, { to: { group: 'notifications', pods: to } });
}

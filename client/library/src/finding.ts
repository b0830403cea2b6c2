import { conversationIdOf } from '@parley/common/contracts/conversation-id';
import type { Conversations } from './conversations.ts';
import type { DeviceStore } from './storage/device-store.ts';

/** What is kept on this device and has these words: as the server would answer, were it there. */
export function createFinding(userId: string, store: DeviceStore, conversations: Conversations) {
  return async ({ q, peerId, limit }: { q: string; peerId?: string; limit: number }) => {
    const words = q.split(/\s+/).filter((word) => word !== '');
    const found = await store.find(words, limit, peerId && conversationIdOf(userId, peerId));
    const peers = new Map(conversations.headers().map((header) => [header.conversationId, header.peerId]));
    return { hits: found.map((hit) => ({ ...hit, peerId: peers.get(hit.conversationId) ?? '' })), after: null };
  };
}

import type { Conversation, Message } from '@parley/common/contracts';
import { newer } from '../list.ts';
import type { Entry } from '../outbox.ts';
import { type Ranges, stretchAt } from '../ranges.ts';
import { type DeviceStore, type HeldHeader, hasWords, isBygone, isPast, isUnsent, mergeHeaders } from './device-store.ts';

/** Lives as long as the process: for tests, bots and load. Handed to a second client it is what a reload finds. */
export function createMemoryStore(): DeviceStore {
  const entries = new Map<string, Entry>();
  const held = new Map<string, HeldHeader>();
  const list = new Map<string, Conversation>();
  const rows = new Map<string, Map<number, Message>>();
  let order = 0;

  const putRows = (conversationId: string, messages: readonly Message[]) => {
    const known = rows.get(conversationId) ?? new Map<number, Message>();
    for (const message of messages) if (!((known.get(message.seq)?.version ?? 0) > message.version)) known.set(message.seq, message);
    rows.set(conversationId, known);
  };
  const put = (header: HeldHeader, messages: readonly Message[], covered: Ranges) => {
    const kept = held.get(header.conversationId);
    if (kept && isBygone(kept, header)) return kept;
    const merged = mergeHeaders(kept, header, covered);
    held.set(header.conversationId, merged);
    putRows(header.conversationId, messages);
    return merged;
  };

  return {
    load: async () => ({ entries: [...entries.values()], held: [...held.values()], list: [...list.values()] }),
    async loadStretch(conversationId, place, limit) {
      const header = held.get(conversationId);
      const range = header && stretchAt(header.ranges, place, limit);
      const known = rows.get(conversationId);
      const messages: Message[] = [];
      for (let [seq, last] = range ?? [1, 0]; seq <= last; seq++) {
        const message = known?.get(seq);
        if (message) messages.push(message);
      }
      return header && { header, range, messages };
    },
    async keep(kept) {
      const placed = kept.map((entry) => ({ ...entry, order: entry.order ?? ++order }));
      for (const entry of placed) {
        order = Math.max(order, entry.order);
        entries.set(entry.command.clientId, entry);
      }
      return placed;
    },
    entriesAfter: async (place) => [...entries.values()].filter((entry) => (entry.order ?? 0) > place),
    async drop(clientIds) {
      for (const id of clientIds) entries.delete(id);
    },
    saveHeld: async (header, changed, covered) => put(header, changed, covered),
    async replaceHeld(header, messages, covered) {
      if (!isPast(held.get(header.conversationId), header)) {
        rows.delete(header.conversationId);
        held.delete(header.conversationId);
      }
      return put(header, messages, covered);
    },
    async saveList(conversations) {
      for (const conversation of conversations) {
        list.set(conversation.conversationId, newer(list.get(conversation.conversationId), conversation));
      }
    },
    async find(words, limit, only) {
      const searched = [...rows].filter(([conversationId]) => only === undefined || conversationId === only);
      const found = searched.flatMap(([conversationId, known]) =>
        [...known.values()]
          .filter((message) => hasWords(message, words) && !held.get(conversationId)?.hidden.has(message.seq))
          .map((message) => ({ conversationId, message })),
      );
      return found.sort((one, other) => other.message.sentAt.localeCompare(one.message.sentAt)).slice(0, limit);
    },
    used: async () => {},
    async erase({ keepUnsent } = { keepUnsent: false }) {
      for (const part of [held, list, rows]) part.clear();
      for (const [clientId, entry] of entries) if (!keepUnsent || !isUnsent(entry)) entries.delete(clientId);
    },
  };
}

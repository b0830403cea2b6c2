import { type Conversation, conversationIdOf, type Notice } from '@parley/common/contracts';
import { expect, test } from 'vitest';
import { createList } from './list.ts';
import { createMemoryStore } from './storage/memory.ts';

const alice = '01890000-0000-7000-8000-000000000001';
const bob = '01890000-0000-7000-8000-000000000002';
const at = '2026-01-01T00:00:00.000Z';

const held: Conversation = {
  conversationId: conversationIdOf(alice, bob),
  peerId: bob,
  epoch: 'e',
  version: 9,
  lastSeq: 6,
  lastActivityAt: at,
  preview: null,
  unread: 0,
  marks: { [alice]: { delivered: 6, read: 4 }, [bob]: { delivered: 5, read: 5 } },
  settings: { pinned: false, archived: false, mutedUntil: null, markedUnread: false, blocked: false },
  settingsVersion: 0,
  closed: false,
};
const { conversationId, peerId, epoch, lastSeq, unread } = held;
const notice = (fields: Partial<Notice>): Notice => ({
  conversationId,
  peerId,
  epoch,
  version: 10,
  lastSeq,
  unread,
  notify: false,
  ...fields,
});

function listOf(known: Conversation) {
  const request = () => Promise.reject(new Error('nobody answers here'));
  const list = createList({ request, store: createMemoryStore(), known: [known], onChange: () => {}, onFailure: () => {} });
  return { list, marks: () => list.byId(known.conversationId)?.marks };
}

test('[D6] the marks of a notice are those that moved, and move nobody back', () => {
  const { list, marks } = listOf(held);
  list.notice(notice({ marks: { [bob]: { delivered: 6, read: 3 } } }));
  expect(marks()).toEqual({ [alice]: { delivered: 6, read: 4 }, [bob]: { delivered: 6, read: 5 } });
  list.notice(notice({ version: 11 }));
  expect(marks()).toEqual({ [alice]: { delivered: 6, read: 4 }, [bob]: { delivered: 6, read: 5 } });
});

test('in another epoch marks are what the notice says', () => {
  const { list, marks } = listOf(held);
  list.notice(notice({ epoch: 'f', version: 1, marks: { [bob]: { delivered: 1, read: 0 } } }));
  expect(marks()).toMatchObject({ [bob]: { delivered: 1, read: 0 } });
});

test('a notice of a version that is held already changes nothing', () => {
  const { list } = listOf(held);
  list.notice(notice({ version: 8, lastSeq: 5, marks: { [bob]: { delivered: 4, read: 4 } } }));
  expect(list.byId(conversationId)).toBe(held);
});

test('[D5] a notice that skipped a version is healed by the next reading, also of the same version', async () => {
  const fresh: Conversation = { ...held, version: 11, preview: null };
  const told: Conversation = { ...held, preview: { seq: 6, senderId: bob, text: 'deleted meanwhile', sentAt: at } };
  const request = (async () => ({ conversations: [fresh], after: null })) as never;
  const list = createList({ request, store: createMemoryStore(), known: [told], onChange: () => {}, onFailure: () => {} });
  list.notice(notice({ version: 11 }));
  expect(list.byId(conversationId)?.preview?.text).toBe('deleted meanwhile');
  expect(await list.isBehind()).toBe(true);
  await list.read();
  expect(list.byId(conversationId)?.preview).toBeNull();
});

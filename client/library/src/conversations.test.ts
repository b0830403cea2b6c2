import { conversationIdOf, type Message, type Page, type Update } from '@parley/common/contracts';
import { until } from '@parley/common/testing';
import { expect, test } from 'vitest';
import { manualClock } from '../tests/manual-clock.ts';
import { createConversations } from './conversations.ts';
import type { Requests } from './requests.ts';
import { createMemoryStore } from './storage/memory.ts';

const alice = '01890000-0000-7000-8000-000000000001';
const bob = '01890000-0000-7000-8000-000000000002';
const conversationId = conversationIdOf(alice, bob);
const epoch = 'e';
const at = '2026-01-01T00:00:00.000Z';

const row = (seq: number): Message => ({
  id: `01890000-0000-7000-8000-0000000001${seq}`,
  seq,
  version: seq,
  clientId: `01890000-0000-7000-8000-0000000002${seq}`,
  senderId: bob,
  content: { kind: 'text', text: `${seq}` },
  replyTo: null,
  sentAt: at,
  editedAt: null,
  deletedAt: null,
  reactions: [],
});
const rows = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => row(from + index));
const page = (version: number): Page => ({
  conversationId,
  epoch,
  version,
  lastSeq: version,
  messages: rows(1, version),
  hidden: [],
  marks: {},
  hasBefore: false,
  hasAfter: false,
});
const update = (from: number, version: number): Update => ({ conversationId, epoch, from, version, messages: rows(from + 1, version) });

/** A server whose answers come when the test gives them, each by the end of the path that was asked for. */
function setUp() {
  const asked: { what: string; answer: (given: unknown) => void }[] = [];
  const request = ((_method: string, path: string) =>
    new Promise<unknown>((resolve) => asked.push({ what: path.split('/').at(-1) as string, answer: resolve }))) as Requests['request'];
  const conversations = createConversations({
    userId: alice,
    request,
    store: createMemoryStore(),
    clock: manualClock(),
    onHeld: () => {},
    onSaved: () => {},
    onFailure: (error) => {
      throw error;
    },
  });
  const answer = async (what: string, given: unknown) => {
    const question = await until(() => asked.find((one) => one.what === what));
    asked.splice(asked.indexOf(question), 1);
    question.answer(given);
  };
  const held = () => [...conversations.get(bob).messages.keys()];
  return { conversations, answer, held };
}

test('[D4] what is said while the first page is on its way is fetched behind it', async () => {
  const { conversations, answer, held } = setUp();
  const opened = conversations.open(bob);
  const heard = conversations.hear(bob, update(2, 3));
  await answer('messages', page(2));
  await answer('changes', { reset: false, update: update(2, 3), more: false });
  await Promise.all([opened, heard]);
  expect(held()).toEqual([1, 2, 3]);
});

test('[D4] what is said while a conversation is read anew is fetched behind it', async () => {
  const { conversations, answer, held } = setUp();
  const opened = conversations.open(bob);
  await answer('messages', page(1));
  await opened;
  const seen = conversations.see(bob, { epoch, version: 2_000 });
  await answer('changes', { reset: true });
  const heard = conversations.hear(bob, update(2_000, 2_001));
  await answer('messages', { ...page(2), version: 2_000 });
  await answer('changes', { reset: false, update: { ...update(2, 3), from: 2_000, version: 2_001 }, more: false });
  await Promise.all([seen, heard]);
  expect(conversations.get(bob).version).toBe(2_001);
  expect(held()).toEqual([1, 2, 3]);
});

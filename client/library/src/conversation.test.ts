import { conversationIdOf, type Message, type Page, type Update } from '@parley/common/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyPage, applyUpdate, emptyHeld, type Held, newestStretch, stretchMessages, unsavedBefore } from './conversation.ts';

const alice = '01890000-0000-7000-8000-000000000001';
const bob = '01890000-0000-7000-8000-000000000002';
const conversationId = conversationIdOf(alice, bob);
const at = '2026-01-01T00:00:00.000Z';

/** A store in miniature: rows by seq, each with the version of its last change; one update per version. */
function createServer() {
  const rows: Message[] = [];
  const updates: Update[] = [];
  let version = 0;
  const changed = (messages: Message[], rest: Partial<Update> = {}) => {
    version += 1;
    updates.push({ conversationId, epoch: 'e', from: version - 1, version, messages, ...rest });
  };
  return {
    rows,
    updates,
    get version() {
      return version;
    },
    write(senderId: string) {
      const seq = rows.length + 1;
      const row: Message = {
        id: crypto.randomUUID(),
        seq,
        version: version + 1,
        clientId: crypto.randomUUID(),
        senderId,
        content: { kind: 'text', text: `${seq}` },
        replyTo: null,
        sentAt: at,
        editedAt: null,
        deletedAt: null,
        reactions: [],
      };
      rows.push(row);
      changed([row]);
    },
    edit(index: number) {
      const old = rows[index % Math.max(rows.length, 1)];
      if (!old) return;
      const row: Message = { ...old, version: version + 1, content: { kind: 'text', text: `${old.seq} at ${version + 1}` } };
      rows[old.seq - 1] = row;
      changed([row]);
    },
    receipt(read: number) {
      changed([], { marks: { [bob]: { delivered: Math.min(read, rows.length), read: Math.min(read, rows.length) } } });
    },
    changes: (since: number): Update => ({
      conversationId,
      epoch: 'e',
      from: since,
      version,
      messages: rows.filter((row) => row.version > since).sort((one, other) => one.version - other.version),
    }),
    page(around: number, size: number): Page {
      const last = Math.min(rows.length, around);
      const first = Math.max(1, last - size + 1);
      return {
        conversationId,
        epoch: 'e',
        version,
        lastSeq: rows.length,
        messages: rows.slice(first - 1, last),
        hidden: [],
        marks: {},
        hasBefore: first > 1,
        hasAfter: last < rows.length,
      };
    },
  };
}

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('write' as const), mine: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('edit' as const), index: fc.nat(50) }) },
  fc.record({ do: fc.constant('receipt' as const), read: fc.nat(50) }),
  { weight: 4, arbitrary: fc.record({ do: fc.constant('deliver' as const), lose: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('ask' as const), around: fc.nat(50), size: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('answer' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('catch-up' as const) }) },
);

test('[D4] [D5] pages, live updates, losses and catching up, in any order, end in what a fresh reading shows', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const server = createServer();
      let held: Held = emptyHeld(conversationId, bob);
      let delivered = 0;
      const pending: Page[] = [];
      for (const each of steps) {
        if (each.do === 'write') server.write(each.mine ? alice : bob);
        else if (each.do === 'edit') server.edit(each.index);
        else if (each.do === 'receipt') server.receipt(each.read);
        else if (each.do === 'deliver') {
          const update = server.updates[delivered];
          if (update) delivered += 1;
          if (update && !each.lose) held = applyUpdate(held, update).held;
        } else if (each.do === 'ask') pending.push(server.page(Math.max(1, each.around), each.size));
        else if (each.do === 'answer') {
          const page = pending.shift();
          if (page) held = applyPage(held, page).held;
        } else if (held.epoch !== null) held = applyUpdate(held, server.changes(held.version)).held;
      }
      for (const page of pending) held = applyPage(held, page).held;
      held =
        held.epoch === null
          ? applyPage(held, server.page(server.rows.length, 5)).held
          : applyUpdate(held, server.changes(held.version)).held;

      expect(held.version).toBe(server.version);
      expect(held.lastSeq).toBe(server.rows.length);
      for (const [first, last] of held.ranges) {
        expect(stretchMessages(held, first, last)).toEqual(server.rows.slice(first - 1, last));
      }
    }),
    { numRuns: 500 },
  );
});

test('[D4] an update that skips a version is not taken, and says that something is missing', () => {
  const server = createServer();
  for (let count = 0; count < 3; count++) server.write(bob);
  const [first, , third] = server.updates as [Update, Update, Update];
  const after = applyUpdate(emptyHeld(conversationId, bob), first).held;
  expect(applyUpdate(after, third)).toEqual({ held: after, applied: 'gap' });
});

test('[D2] an update that is held already changes nothing', () => {
  const server = createServer();
  server.write(bob);
  const held = applyUpdate(emptyHeld(conversationId, bob), server.updates[0] as Update).held;
  expect(applyUpdate(held, server.updates[0] as Update)).toEqual({ held, applied: 'known' });
});

test('[D4] another epoch is not mixed with what is held', () => {
  const server = createServer();
  server.write(bob);
  const held = applyUpdate(emptyHeld(conversationId, bob), server.updates[0] as Update).held;
  expect(applyUpdate(held, { ...(server.updates[0] as Update), epoch: 'f' }).applied).toBe('epoch');
  const read = applyPage(held, { ...server.page(1, 5), epoch: 'f' }).held;
  expect(read.epoch).toBe('f');
});

test('a place that was withheld from this person is passed over, not waited for', () => {
  const server = createServer();
  server.write(bob);
  server.write(bob);
  server.write(bob);
  const [one, two, three] = server.updates as [Update, Update, Update];
  let held = emptyHeld(conversationId, bob);
  for (const update of [one, { ...two, messages: [] }, three]) held = applyUpdate(held, update).held;
  expect(newestStretch(held).map(({ seq }) => seq)).toEqual([1, 3]);
});

test('what was not saved before the newest stretch is known to be missing', () => {
  const server = createServer();
  for (let count = 0; count < 10; count++) server.write(bob);
  const held = applyPage(emptyHeld(conversationId, bob), server.page(10, 4)).held;
  expect(unsavedBefore(held, 2)).toBe(7);
  expect(unsavedBefore(held, 6)).toBeUndefined();
});

test('a page of which this person deleted everything for themselves is a stretch all the same', () => {
  const server = createServer();
  for (let count = 0; count < 10; count++) server.write(bob);
  const newest = applyPage(emptyHeld(conversationId, bob), server.page(10, 4)).held;
  const before = { ...server.page(6, 4), messages: [], hidden: [3, 4, 5, 6] };
  expect(applyPage(newest, before).held.ranges).toEqual([[3, 10]]);
});

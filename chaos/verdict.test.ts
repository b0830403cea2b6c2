import { type Entry, emptyHeld, type Held } from '@parley/client-library';
import type { Message } from '@parley/common/contracts';
import { expect, test } from 'vitest';
import { createLedger } from './ledger.ts';
import type { StoredRow } from './truth.ts';
import { type Holding, judgeDevice, judgeOutbox, judgeRows, lagging } from './verdict.ts';

/** What devices hold in the end is held against each other, and against the store. */
const phone = "Ada's phone";
const [ada, ben, talk] = ['ada', 'ben', 'conversation'];

const message = (seq: number, more: Partial<Message> = {}): Message => ({
  id: `id ${seq}`,
  seq,
  version: seq,
  clientId: `client ${seq}`,
  senderId: ben,
  content: { kind: 'text', text: `${seq}` },
  replyTo: null,
  sentAt: '2026-01-01T00:00:00.000Z',
  editedAt: null,
  deletedAt: null,
  reactions: [],
  ...more,
});
const holding = (messages: readonly Message[], more: Partial<Held> = {}): Holding => ({
  device: phone,
  userId: ada,
  held: [
    {
      ...emptyHeld(talk, ben),
      ...{ epoch: 'epoch', version: 2, lastSeq: 2, reach: 2, ranges: [[1, 2]] },
      messages: new Map(messages.map((one) => [one.seq, one])),
      ...more,
    },
  ],
  list: [],
});
const [first, second] = [message(1), message(2)];

test('[D7] whatever a device still waits for in the end is seen', () => {
  const ledger = createLedger();
  const command = { type: 'edit', clientId: 'one', to: 'ben', seq: 1, saw: 1, content: { kind: 'text', text: 'two' } } as const;
  const entry: Entry = { command, writtenAt: 0, state: 'sent' };
  judgeOutbox(ledger, phone, []);
  judgeOutbox(ledger, phone, [{ ...entry, state: 'refused' }]);
  expect(ledger.violations).toEqual([]);
  judgeOutbox(ledger, phone, [entry]);
  judgeOutbox(ledger, "Ada's laptop", undefined);
  expect(ledger.violations.map(({ kind }) => kind)).toEqual(['never answered', 'never answered']);
});

test('[D5] what only one of two devices shows is seen, whichever it is', () => {
  const seen = (old: Holding, fresh: Holding) => {
    const ledger = createLedger();
    judgeDevice(ledger, old, fresh);
    return ledger.violations.map(({ what }) => what.replace(/.* conversation /, ''));
  };
  const both = holding([first, second]);
  expect(seen(both, both)).toEqual([]);
  expect(seen(holding([first]), both)).toEqual(['is missing']);
  expect(seen(both, holding([first]))).toEqual(['is shown, and should not be']);
  expect(seen(both, holding([first, second], { hidden: new Set([2]) }))).toEqual(['is shown, and should not be']);
  expect(seen(holding([first, second], { hidden: new Set([2]) }), holding([first]))).toEqual([]);
  expect(seen(holding([second], { ranges: [[2, 2]] }), both)).toEqual([]);
});

test('[D5] a mark that differs is seen, but not one that never moved and is told to one device alone', () => {
  const seen = (...both: readonly Held['marks'][]) => {
    const ledger = createLedger();
    const [old, fresh] = both.map((marks) => holding([first, second], { marks }));
    if (old && fresh) judgeDevice(ledger, old, fresh);
    return ledger.violations.map(({ kind }) => kind);
  };
  const [moved, still] = [
    { delivered: 2, read: 0 },
    { delivered: 0, read: 0 },
  ];
  expect(seen({ [ada]: moved }, { [ada]: moved, [ben]: still })).toEqual([]);
  expect(seen({ [ada]: moved }, { [ada]: moved, [ben]: moved })).toEqual(['not as stored']);
  expect(seen({ [ada]: moved }, { [ada]: { delivered: 2, read: 2 } })).toEqual(['not as stored']);
});

test('[D5] a new device that is told something else than what is stored is seen, whatever differs', () => {
  const stored: StoredRow = {
    ...{ conversationId: talk, seq: 1, id: 'id 1', senderId: ben, clientId: 'client 1', text: '1' },
    ...{ edited: false, deleted: false, reactions: [{ userId: ada, emoji: '👍' }], hiddenFor: [] },
  };
  const conversations = [{ conversationId: talk, members: [ada, ben] as const, lastSeq: 1, unread: {}, marks: {} }];
  const seen = (fresh: Holding, row: Partial<StoredRow> = {}) => {
    const ledger = createLedger();
    judgeRows(ledger, fresh, [{ ...stored, ...row }], conversations);
    return ledger.violations.map(({ kind }) => kind);
  };
  const reacted = message(1, { reactions: [{ emoji: '👍', userId: ada }] });
  expect(seen(holding([reacted]))).toEqual([]);
  expect(seen(holding([reacted], { hidden: new Set([1]) }), { hiddenFor: [ada] })).toEqual([]);
  expect(seen(holding([first]))).toEqual(['not as stored']);
  expect(seen(holding([reacted]), { text: 'one' })).toEqual(['not as stored']);
  expect(seen(holding([reacted]), { deleted: true })).toEqual(['not as stored']);
  expect(seen(holding([reacted]), { edited: true })).toEqual(['not as stored']);
  expect(seen(holding([]))).toEqual(['not as stored']);
  expect(seen(holding([reacted], { hidden: new Set([1]) }))).toEqual(['not as stored']);
  expect(seen(holding([reacted]), { hiddenFor: [ada] })).toContain('not as stored');
  expect(seen(holding([reacted, second]))).toEqual(['not as stored']);
});

test('[D6] a read that was asked for and is not stored is seen, and a receipt that never came', () => {
  const ledger = createLedger();
  const told = (read: number, delivered: number) =>
    lagging(ledger, [
      { conversationId: talk, members: [ada, ben], lastSeq: 3, unread: {}, marks: { [ada]: { read, delivered, last: 3 } } },
    ]);
  ledger.reads(ada, talk, 3);
  expect(told(0, 3)).toEqual([]);
  ledger.hasRead(ada, talk, 2);
  ledger.hasRead(ada, talk, 1);
  expect(told(1, 3)).toEqual(['ada read up to 2 of conversation, and 1 is stored']);
  expect(told(2, 2)).toEqual(['ada has 3 of conversation, and 2 is stored as delivered']);
  expect(told(3, 3)).toEqual([]);
});

import { expect, test } from 'vitest';
import { type Change, judgeDeeds } from './deeds.ts';
import { createLedger } from './ledger.ts';
import type { StoredRow } from './truth.ts';

const [ada, ben, talk] = ['ada', 'ben', 'conversation'];
const row: StoredRow = {
  ...{ conversationId: talk, seq: 1, id: 'id', senderId: ada, clientId: 'written', text: 'one' },
  ...{ edited: false, deleted: false, reactions: [], hiddenFor: [] },
};

function scene() {
  let time = 0;
  const ledger = createLedger({ now: () => ++time });
  ledger.wrote('phone', talk, 'written', 'one');
  let asked = 0;
  const ask = (change: Change, { device = 'phone', userId = ada } = {}) => {
    const clientId = `deed ${++asked}`;
    ledger.asks({ clientId, device, userId, conversationId: talk, seq: 1, change, askedAt: ledger.now() });
    const isRefused = (code = 'edited-elsewhere') => ledger.refused(clientId, code);
    return { isAnswered: () => ledger.answered(clientId), isRefused };
  };
  const seen = (stored: Partial<StoredRow> = {}) => {
    judgeDeeds(ledger, [{ ...row, ...stored }]);
    return ledger.violations.splice(0).map(({ kind }) => kind);
  };
  return { ledger, ask, seen };
}

test('[D5] a text that is stored otherwise than it was written is seen', () => {
  const { ask, seen } = scene();
  expect(seen()).toEqual([]);
  expect(seen({ text: 'two' })).toEqual(['not as stored']);
  expect(seen({ text: 'two', edited: true })).toEqual(['not as stored']);
  expect(seen({ text: null, deleted: true })).toEqual(['not as stored']);
  ask({ type: 'edit', text: 'two' });
  expect(seen({ text: 'two', edited: true })).toEqual([]);
  expect(seen({ text: 'three', edited: true })).toEqual(['not as stored']);
});

test('[D7] an edit that was answered and is not stored is seen, unless a later one took its place', () => {
  const { ask, seen } = scene();
  const first = ask({ type: 'edit', text: 'two' });
  ask({ type: 'edit', text: 'refused' }).isRefused();
  expect(seen()).toEqual([]);
  expect(seen({ text: 'refused', edited: true })).toEqual(['not as stored']);
  first.isAnswered();
  expect(seen()).toEqual(['lost']);
  expect(seen({ text: 'two', edited: true })).toEqual([]);
  const elsewhere = ask({ type: 'edit', text: 'three' }, { device: 'laptop' });
  expect(seen({ text: 'two', edited: true })).toEqual([]);
  elsewhere.isAnswered();
  expect(seen({ text: 'two', edited: true })).toEqual(['lost']);
  expect(seen({ text: 'three', edited: true })).toEqual([]);
});

test('[D7] a deletion that was answered and is not stored is seen, for everyone and for oneself', () => {
  const { ask, seen } = scene();
  const hiding = ask({ type: 'delete', scope: 'me' });
  expect(seen({ hiddenFor: [ada] })).toEqual([]);
  expect(seen({ hiddenFor: [ben] })).toEqual(['not as stored']);
  hiding.isAnswered();
  expect(seen()).toEqual(['lost']);
  const removal = ask({ type: 'delete', scope: 'everyone' });
  expect(seen({ hiddenFor: [ada] })).toEqual([]);
  removal.isAnswered();
  expect(seen({ hiddenFor: [ada] })).toEqual(['lost']);
  expect(seen({ hiddenFor: [ada], deleted: true, text: null })).toEqual([]);
  expect(seen({ hiddenFor: [ada], deleted: true })).toEqual(['not as stored']);
});

test('[D7] a reaction that was answered and is not stored so is seen, and one that nobody gave', () => {
  const { ask, seen } = scene();
  const [emoji, stored] = ['👍', { reactions: [{ userId: ben, emoji: '👍' }] }];
  expect(seen(stored)).toEqual(['not as stored']);
  ask({ type: 'react', emoji, set: true }, { userId: ben }).isAnswered();
  expect(seen(stored)).toEqual([]);
  expect(seen()).toEqual(['lost']);
  expect(seen({ reactions: [{ userId: ada, emoji }] })).toContain('not as stored');
  const back = ask({ type: 'react', emoji, set: false }, { userId: ben, device: 'laptop' });
  expect([seen(stored), seen()]).toEqual([[], []]);
  back.isAnswered();
  expect([seen(stored), seen()]).toEqual([['lost'], []]);
});

test('which of two came last nobody can say whose answers were both out', () => {
  const { ask, seen } = scene();
  const both = [true, false].map((set) => ask({ type: 'react', emoji: '👍', set }, { device: set ? 'phone' : 'laptop' }));
  for (const { isAnswered } of both) isAnswered();
  expect([seen(), seen({ reactions: [{ userId: ada, emoji: '👍' }] })]).toEqual([[], []]);
});

test('[D7] a refusal for which there is no reason is seen', () => {
  const refused = (change: Change, code: string, ...others: readonly (readonly [Change, string])[]) => {
    const { ledger, ask, seen } = scene();
    for (const [other, userId] of others) ask(other, { userId, device: `device of ${userId}` });
    ask(change).isRefused(code);
    expect(ledger.deeds.size).toBe(others.length + 1);
    return seen();
  };
  const edit = { type: 'edit', text: 'two' } as const;
  const react = { type: 'react', emoji: '👍', set: true } as const;
  const [removal, hiding] = [{ type: 'delete', scope: 'everyone' } as const, { type: 'delete', scope: 'me' } as const];
  expect(refused(edit, 'edited-elsewhere', [{ type: 'edit', text: 'three' }, ada])).toEqual([]);
  expect(refused(edit, 'message-deleted', [removal, ada])).toEqual([]);
  expect(refused(react, 'message-deleted', [removal, ben])).toEqual([]);
  expect(refused(react, 'message-not-found', [hiding, ada])).toEqual([]);
  const wrong = ['not as stored'];
  expect(refused(edit, 'edited-elsewhere', [react, ben])).toEqual(wrong);
  expect(refused(react, 'edited-elsewhere', [edit, ada])).toEqual(wrong);
  expect(refused(edit, 'message-deleted', [hiding, ben])).toEqual(wrong);
  expect(refused(react, 'message-not-found', [hiding, ben])).toEqual(wrong);
  expect(refused(react, 'message-not-found', [removal, ada])).toEqual(wrong);
  expect(refused(removal, 'message-deleted', [removal, ada])).toEqual(wrong);
  expect(refused(react, 'too-many-reactions')).toEqual(wrong);
  expect(refused(edit, 'not-yours')).toEqual(wrong);
});

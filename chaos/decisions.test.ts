import type { Conversation } from '@parley/common/contracts';
import { expect, test } from 'vitest';
import { createDecisions } from './decisions.ts';
import { createLedger } from './ledger.ts';

const [ada, talk] = ['ada', 'conversation'];
const settings = { pinned: true, archived: false, mutedUntil: null, markedUnread: false, blocked: false };

function scene() {
  const ledger = createLedger();
  return { decisions: createDecisions(ledger), seen: () => ledger.violations.splice(0).map(({ kind }) => kind) };
}

test('[D7] a name that was answered and is not told is seen, and another one of the same number at any time', () => {
  const { decisions, seen } = scene();
  const told = (displayName: string, profileNumber: number, now?: boolean) => {
    decisions.toldName('phone', { userId: ada, displayName, profileNumber }, now);
    return seen();
  };
  decisions.named({ userId: ada, displayName: 'Ada the 2.', profileNumber: 2 });
  decisions.named({ userId: ada, displayName: 'Ada the 1.', profileNumber: 1 });
  expect(told('Ada', 1)).toEqual([]);
  expect(told('Ada the 1.', 2)).toEqual(['not as stored']);
  expect(told('Ada', 1, true)).toEqual(['lost']);
  expect(told('Ada the 2.', 2, true)).toEqual([]);
  expect(told('Ada the 3.', 3, true)).toEqual([]);
});

test('[D7] a setting that was answered and is not told to a new device is seen', () => {
  const { decisions, seen } = scene();
  const told = (...list: Pick<Conversation, 'conversationId' | 'settings' | 'settingsVersion'>[]) => {
    decisions.toldList('new device', ada, list as Conversation[]);
    return seen();
  };
  decisions.decided(ada, talk, { settings, settingsVersion: 2 });
  expect(told()).toEqual(['lost']);
  expect(told({ conversationId: talk, settings, settingsVersion: 1 })).toEqual(['lost']);
  expect(told({ conversationId: talk, settings: { ...settings, pinned: false }, settingsVersion: 2 })).toEqual(['not as stored']);
  expect(told({ conversationId: talk, settings, settingsVersion: 2 })).toEqual([]);
  expect(told({ conversationId: talk, settings: { ...settings, archived: true }, settingsVersion: 3 })).toEqual([]);
});

test('[D7] whom nobody knows any more is seen', () => {
  const ledger = createLedger();
  const decisions = createDecisions(ledger);
  const ada = { userId: 'ada', displayName: 'Ada', profileNumber: 1 };
  decisions.toldNames('phone', ['ada'], [ada]);
  expect(ledger.violations).toEqual([]);
  decisions.toldNames('phone', ['ada', 'ben'], [ada]);
  expect(ledger.violations.map(({ kind, what }) => `${kind}: ${what}`)).toEqual(['lost: phone is told that there is no ben']);
});

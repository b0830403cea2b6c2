import type { Presence } from '@parley/common/contracts';
import { expect, test } from 'vitest';
import { hearPresence } from './crowd.ts';
import { createLedger } from './ledger.ts';

test('[D9] whom a snapshot does not name is offline, and an older word does not count', () => {
  const presence = new Map<string, Presence>();
  const observer = { name: 'phone', userId: 'ada', peers: new Map([['conversation', 'ben']]), shown: new Map() };
  const ben = (state: Presence['state'], number: number): Presence => ({ userId: 'ben', state, lastSeenAt: null, number });
  const hear = (...people: Presence[]) => hearPresence(presence, observer, { type: 'presence', people });
  const told = () => presence.get('ben')?.state;
  hear(ben('online', 3));
  hear(ben('offline', 2));
  expect(told()).toBe('online');
  hearPresence(presence, observer, { type: 'presence', people: [], snapshot: true });
  expect(told()).toBe('offline');
  hear(ben('online', 1));
  expect(told()).toBe('online');
  hearPresence(presence, observer, { type: 'presence-unknown' });
  expect(told()).toBeUndefined();
});

test('[D8] presence of somebody whom one does not know is seen', () => {
  const ledger = createLedger();
  const observer = { name: 'phone', userId: 'ada', peers: new Map([['conversation', 'ben']]), shown: new Map() };
  const hear = (userId: string) =>
    ledger.hears(observer, { type: 'presence', people: [{ userId, state: 'online', lastSeenAt: null, number: 1 }] });
  for (const known of ['ada', 'ben']) hear(known);
  expect(ledger.violations).toEqual([]);
  hear('eve');
  expect(ledger.violations.map(({ kind }) => kind)).toEqual(['seen by a third']);
});

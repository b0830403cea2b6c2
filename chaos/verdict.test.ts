import type { Entry } from '@parley/client-library';
import { expect, test } from 'vitest';
import { createLedger } from './ledger.ts';
import { judgeOutbox } from './verdict.ts';

/** What devices hold in the end is held against each other, and against the store. */
const phone = "Ada's phone";

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

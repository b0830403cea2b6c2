import type { Notice } from '@parley/common/contracts';
import { expect, test } from 'vitest';
import { merged } from './notices.ts';

const notice = (version: number, rest: Partial<Notice> = {}): Notice => ({
  conversationId: 'c',
  peerId: 'p',
  epoch: 'e',
  version,
  lastSeq: version,
  unread: version,
  notify: false,
  ...rest,
});
const preview = { seq: 1, senderId: 'p', text: 'hello', sentAt: '2026-01-01T00:00:00.000Z' };

test('of two notices the newer one holds, with what only the older one said', () => {
  const earlier = notice(1, { preview, notify: true, marks: { a: { delivered: 3, read: 1 } } });
  const later = notice(2, { marks: { a: { delivered: 2, read: 2 }, b: { delivered: 1, read: 0 } } });
  const both = notice(2, { preview, notify: true, marks: { a: { delivered: 3, read: 2 }, b: { delivered: 1, read: 0 } } });
  expect(merged(earlier, later)).toEqual(both);
  expect(merged(later, earlier)).toEqual(both);
});

test('a preview that was emptied stays empty', () => {
  expect(merged(notice(1, { preview }), notice(2, { preview: null })).preview).toBeNull();
});

test('another epoch is newer, whatever its version', () => {
  expect(merged(notice(9), notice(1, { epoch: 'f' }))).toEqual(notice(1, { epoch: 'f' }));
});

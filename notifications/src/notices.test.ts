import type { EventData, Notice } from '@parley/common/contracts';
import { testClock } from '@parley/common/testing';
import { expect, test } from 'vitest';
import { createNotices, merged } from './notices.ts';

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

const [ann, ben, cleo] = ['a', 'b', 'c'] as const;

function told(from: string, to: string, version: number, unread = version): EventData<'message.stored'> {
  const update = { conversationId: `${from} and ${to}`, epoch: 'e', from: version - 1, version, messages: [] };
  return { members: [from, to], update, lists: { [to]: { lastSeq: version, unread, notify: true } } };
}

function devices() {
  const said: string[] = [];
  const pass = (person: string) => (text: string) => {
    const { notice } = JSON.parse(text) as { notice: Notice };
    said.push(`${person}: ${notice.version} of ${notice.peerId}, ${notice.unread} unread`);
  };
  return { said, of: (person: string) => [{ pass: pass(person) }] };
}

test('a person is told at once, and after a rest of all that moved meanwhile, once for each conversation', async () => {
  const clock = testClock();
  const { said, of } = devices();
  const notices = createNotices({ clock, devicesOf: of, doNotDisturbUntil: () => 0, onNoticed: () => {} });
  const rest = async () => {
    for (let turn = 0; turn < 10; turn++) {
      clock.advance(25);
      await new Promise(setImmediate);
    }
  };
  notices.tell([told(ann, ben, 1)]);
  expect(said.splice(0)).toEqual(['b: 1 of a, 1 unread']);

  notices.tell([told(ann, ben, 2), told(cleo, ben, 1)]);
  notices.tell([told(ann, ben, 4, 0), told(ben, ann, 1)]);
  expect(said.splice(0)).toEqual(['a: 1 of b, 1 unread']);
  await rest();
  expect(said.splice(0)).toEqual(['b: 4 of a, 0 unread', 'b: 1 of c, 1 unread']);

  await rest();
  notices.tell([told(ann, ben, 5)]);
  expect(said.splice(0)).toEqual(['b: 5 of a, 5 unread']);
});

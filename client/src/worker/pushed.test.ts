import { expect, test } from 'vitest';
import { onNotificationClick, onPush } from './pushed.ts';

const pushed = { kind: 'message', conversationId: 'c', peerId: 'p', title: 'Ann', body: 'hello', at: '2026-01-01T00:00:00.000Z' };

const showing = async (data: unknown) => {
  const shown: unknown[] = [];
  await onPush({ json: () => data }, { showNotification: async (...notification) => void shown.push(notification) });
  return shown;
};

test('[PU3] a push is shown under its conversation, and what nobody knows is not', async () => {
  expect(await showing(pushed)).toEqual([['Ann', expect.objectContaining({ body: 'hello', tag: 'c', data: { peerId: 'p' } })]]);
  expect(await showing({ ...pushed, kind: 'of-a-later-version' })).toEqual([]);
  expect(await showing('nonsense')).toEqual([]);
});

test('[PU3] whoever hides what was written sees by whom it was', async () => {
  const [[title, options]] = (await showing({ ...pushed, body: null })) as [[string, object]];
  expect(title).toBe('Ann');
  expect(options).not.toHaveProperty('body');
});

test('a click opens the conversation in the page that is there, else in a new one', async () => {
  const done: string[] = [];
  const page = { navigate: async (path: string) => done.push(`navigate ${path}`), focus: async () => done.push('focus') };
  const notification = { data: { peerId: 'p' }, close: () => void done.push('close') };
  const pages = (there: (typeof page)[]) => ({
    claim: async () => {},
    matchAll: async () => there,
    openWindow: async (path: string) => done.push(`open ${path}`),
  });
  await onNotificationClick(notification, pages([page]));
  await onNotificationClick(notification, pages([]));
  expect(done).toEqual(['close', 'navigate /with/p', 'focus', 'close', 'open /with/p']);
});

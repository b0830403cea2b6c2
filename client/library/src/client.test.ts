import { conversationIdOf } from '@parley/common/contracts';
import { until } from '@parley/common/testing';
import { expect, test } from 'vitest';
import { manualClock } from '../tests/manual-clock.ts';
import { createParley } from './client.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Socket } from './connection.ts';
import type { OutboxStore } from './outbox.ts';
import { createMemoryStore } from './storage/memory.ts';
import type { Said, Tabs, TabsListener } from './tabs.ts';

const ada = { userId: '01890000-0000-7000-8000-000000000001', name: 'ada', displayName: 'Ada', email: 'ada@example.com' };
const bob = '01890000-0000-7000-8000-000000000002';
const hello = { type: 'hello', protocol: 1, userId: ada.userId, sessionId: bob, serverTime: new Date().toISOString(), heartbeat: 40 };

/** A tab that has the sockets, of a server that never answers; what it says to the other tabs, and asks the server for, is written down. */
async function openTab(store = createMemoryStore(), keep: OutboxStore['keep'] = store.keep, clock: Clock = systemClock) {
  const said: Said[] = [];
  const asked: string[] = [];
  const sockets: { path: string; sent: string[]; say(frame: object): void }[] = [];
  const openSocket = (path: string): Socket => {
    const sent: string[] = [];
    const socket: Socket = {
      send: (text) => void sent.push(text),
      close: () => {},
      onopen: null,
      onmessage: null,
      onclose: null,
      onerror: null,
    };
    sockets.push({ path, sent, say: (frame) => socket.onmessage?.({ data: JSON.stringify(frame) } as never) });
    return socket;
  };
  let listener: TabsListener | undefined;
  const tabs: Tabs = {
    owns: true,
    shared: true,
    say: (word) => void said.push(word),
    start(to) {
      listener = to;
      to.onTurn(true);
    },
    stop: () => {},
  };
  const parley = await createParley({
    me: ada as never,
    base: '',
    fetch: (url) => {
      asked.push(String(url));
      return new Promise(() => {});
    },
    clock,
    openSocket,
    store: { ...store, keep },
    tabs,
  });
  parley.start();
  const toldOfOutbox = () => said.filter((word) => word.kind === 'heard' && word.event.kind === 'outbox');
  return { parley, store, sockets, asked, toldOfOutbox, hear: (word: Said) => listener?.onSaid(word, 'another tab') };
}

test('[D7] other tabs are told of what was written once they could send it, and not before', async () => {
  let save = () => {};
  const store = createMemoryStore();
  const tab = await openTab(store, (entries) => new Promise((resolve) => (save = () => resolve(store.keep(entries)))));
  const sent = tab.parley.send(bob, { kind: 'text', text: 'Not safe yet' });
  expect(tab.parley.outbox.entries()).toMatchObject([{ state: 'saving' }]);
  expect(tab.toldOfOutbox()).toEqual([]);
  save();
  await sent;
  expect(tab.toldOfOutbox()).toMatchObject([{ event: { entries: [{ state: 'waiting', order: 1 }] } }]);
  await tab.parley.stop();
});

test('[D7] what a tab wrote before it lost its turn is sent by the one that has it, told or not', async () => {
  const tab = await openTab();
  const command = { type: 'send', clientId: crypto.randomUUID(), to: bob, content: { kind: 'text', text: 'Kept, not told' } } as const;
  await tab.store.keep([{ command, writtenAt: 0, state: 'waiting' }]);
  tab.hear({ kind: 'new' });
  await until(() => tab.parley.outbox.entry(command.clientId) !== undefined);
  await tab.parley.stop();
});

test('[D9] [D10] a notification socket that moved to another pod tells it whom the device has on screen', async () => {
  const tab = await openTab();
  const notifications = () => tab.sockets.filter(({ path }) => path === '/ws/notifications');
  const [first] = await until(() => notifications().length === 1 && notifications());
  first?.say(hello);
  tab.parley.watch([bob], true);
  first?.say({ type: 'move', after: 0 });
  const [, second] = await until(() => notifications().length === 2 && notifications());
  second?.say(hello);
  expect(second?.sent.map((text) => JSON.parse(text))).toEqual([{ type: 'watch', userIds: [bob], people: true }]);
  await tab.parley.stop();
});

test('[D7] a return is compared once, when both sockets are greeted', async () => {
  const tab = await openTab();
  await until(() => tab.sockets.length === 2);
  const [chat, notifications] = tab.sockets;
  chat?.say(hello);
  expect(tab.asked).toEqual([]);
  notifications?.say(hello);
  expect(tab.asked).toEqual(['/api/messages/conversations?limit=100']);
  await tab.parley.stop();
});

test('[D7] a return is compared also when only one of the two sockets comes', async () => {
  const tab = await openTab();
  await until(() => tab.sockets.length === 2);
  tab.sockets[0]?.say(hello);
  await until(() => tab.asked.length === 1);
  await tab.parley.stop();
});

test('[D7] what another tab has put away goes once more where its socket waits for it', async () => {
  const clock = manualClock();
  const tab = await openTab(createMemoryStore(), undefined, clock);
  await until(() => clock.advance(1_000) ?? tab.sockets.length === 2);
  const chat = tab.sockets.find(({ path }) => path === '/ws/chat');
  chat?.say(hello);
  await tab.parley.send(bob, { kind: 'text', text: 'hello' });
  const clientId = tab.parley.outbox.entries()[0]?.command.clientId ?? '';
  chat?.say({ type: 'refused', clientId, code: 'person-gone' });
  tab.hear({ kind: 'dismissed', clientId });
  // Of its copy over the socket before.
  chat?.say({ type: 'refused', clientId, code: 'bus-away', retryAfter: 1 });
  clock.advance(2_000);
  expect(chat?.sent.filter((text) => text.includes(clientId))).toHaveLength(2);
  await tab.parley.stop();
});

test('[D4] what a notice speaks of is asked for only when it does not come over the other socket', async () => {
  const clock = manualClock();
  const tab = await openTab(createMemoryStore(), undefined, clock);
  await until(() => clock.advance(1_000) ?? tab.sockets.length === 2);
  const [chat, notifications] = ['/ws/chat', '/ws/notifications'].map((path) => tab.sockets.find((socket) => socket.path === path));
  chat?.say(hello);
  notifications?.say(hello);
  const conversationId = conversationIdOf(ada.userId, bob);
  const marks = { [bob]: { delivered: 1, read: 0 } };
  const notice = (version: number) =>
    notifications?.say({
      type: 'notice',
      notice: { conversationId, peerId: bob, epoch: 'one', version, lastSeq: 1, unread: 0, notify: false },
    });
  const update = (version: number) =>
    chat?.say({ type: 'update', update: { conversationId, epoch: 'one', from: version - 1, version, messages: [], marks } });
  await tab.parley.send(bob, { kind: 'text', text: 'hello' });
  const asked = () => tab.asked.filter((url) => url.includes(bob)).length;

  notice(1);
  update(1);
  await until(() => tab.parley.conversations.get(bob).version === 1);
  clock.advance(1_000);
  expect(asked()).toBe(0);

  notice(2);
  clock.advance(1_000);
  await until(() => asked() === 1);
  await tab.parley.stop();
});

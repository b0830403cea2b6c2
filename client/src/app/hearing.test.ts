import { createMemoryStore, createParley, type Entry, type Socket, systemClock } from '@parley/client-library';
import {
  ChatDown,
  type Conversation,
  type Me,
  type Message,
  NotificationDown,
  type Page,
  type Person,
  type Profile,
  type Update,
} from '@parley/common/contracts';
import { conversationIdOf } from '@parley/common/contracts/conversation-id';
import { afterEach, expect, test, vi } from 'vitest';
import { settingsRead } from '../features/notifications/notifications-slice.ts';
import { directoryRead, selectPresence } from '../features/people/people-slice.ts';
import { createStore } from './store.ts';
import { actionOf, told } from './told.ts';

const alice = '01890000-0000-7000-8000-000000000001';
const bob = '01890000-0000-7000-8000-000000000002';
const cyd = '01890000-0000-7000-8000-000000000003';
const conversationId = conversationIdOf(alice, bob);
const at = '2026-01-01T00:00:00.000Z';
const later = '2026-01-01T00:10:00.000Z';
const me = { userId: alice, userName: 'alice' } as Me;

/** All that a server would answer, at one moment. */
interface World {
  readonly conversation: Conversation;
  readonly messages: readonly Message[];
  readonly hidden: readonly number[];
  readonly people: readonly Person[];
  /** Whether anybody can tell who is here. */
  readonly presenceKnown: boolean;
  /** Unread events of the account. */
  readonly account: number;
  readonly settings: { readonly doNotDisturbUntil: string | null; readonly showLastSeen: boolean };
  /** The server's clock. */
  readonly time: string;
  /** What I did and was not answered: the device keeps it, the server knows nothing of it. */
  readonly entries: readonly Entry[];
  /** What changed last. */
  readonly update: Update | undefined;
}

const message = (seq: number, version = seq, text: string | null = `No. ${seq}`): Message => ({
  id: `id ${seq}`,
  seq,
  version,
  clientId: `c${seq}`,
  senderId: bob,
  content: text === null ? null : { kind: 'text', text },
  replyTo: null,
  sentAt: at,
  editedAt: null,
  deletedAt: null,
  reactions: [],
});
const person = (userId: string, fields: Partial<Person> = {}): Person => ({
  userId,
  userName: userId,
  displayName: userId,
  about: '',
  pictureId: null,
  profileNumber: 1,
  presence: 'offline',
  lastSeenAt: null,
  presenceNumber: 1,
  ...fields,
});
const before: World = {
  conversation: {
    conversationId,
    peerId: bob,
    epoch: 'e',
    version: 3,
    lastSeq: 3,
    lastActivityAt: at,
    preview: { seq: 3, senderId: bob, text: 'No. 3', sentAt: at },
    unread: 3,
    marks: { [alice]: { delivered: 3, read: 0 }, [bob]: { delivered: 0, read: 0 } },
    settings: { pinned: false, archived: false, mutedUntil: null, markedUnread: false, blocked: false },
    settingsVersion: 1,
    closed: false,
  },
  messages: [message(1), message(2), message(3)],
  hidden: [],
  people: [person(bob)],
  presenceKnown: true,
  account: 0,
  settings: { doNotDisturbUntil: null, showLastSeen: true },
  time: at,
  entries: [],
  update: undefined,
};

type Frame = { readonly chat: ChatDown } | { readonly notification: NotificationDown };
interface Change {
  readonly after: World;
  readonly frames: readonly Frame[];
  /** What it was before, where that matters. */
  readonly before?: World;
  /** It is told and never kept: whoever comes later hears it when it is said again. */
  readonly live?: true;
}

/** A change of the conversation: live, as a notice, and as whoever asks later finds it. */
function changed(update: Partial<Update>, conversation: Partial<Conversation> = {}): Change {
  const whole: Update = { conversationId, epoch: 'e', from: 3, version: 4, messages: [], ...update };
  const bySeq = new Map([...before.messages, ...whole.messages].map((row) => [row.seq, row]));
  const next = { ...before.conversation, version: 4, ...conversation, marks: { ...before.conversation.marks, ...whole.marks } };
  const { unread, preview, lastSeq } = next;
  const hidden = whole.hidden ?? [];
  return {
    after: {
      ...before,
      conversation: next,
      messages: [...bySeq.values()].filter(({ seq }) => !hidden.includes(seq)),
      hidden,
      update: whole,
    },
    frames: [
      { chat: { type: 'update', update: whole } },
      {
        notification: {
          type: 'notice',
          notice: {
            conversationId,
            peerId: bob,
            epoch: 'e',
            version: 4,
            lastSeq,
            unread,
            preview,
            notify: false,
            ...(whole.marks && { marks: whole.marks }),
          },
        },
      },
    ],
  };
}
const heard = (frame: NotificationDown, after: Partial<World> = {}): Change => ({
  after: { ...before, ...after },
  frames: [{ notification: frame }],
});
/** Something was missed on the way to the pod: no frame but this one tells of it. */
const missed = (resync: Frame): Change => ({ ...changed({ messages: [{ ...message(2, 4, 'mended'), editedAt: at }] }), frames: [resync] });
const mine = (fields: Partial<Entry>): Entry => ({
  command: { type: 'send', clientId: 'mine', to: bob, content: { kind: 'text', text: 'Hello' } },
  writtenAt: Date.parse(at),
  order: 1,
  state: 'waiting',
  ...fields,
});
const hello = (serverTime: string) => ({ type: 'hello', protocol: 1, userId: alice, sessionId: 's', serverTime, heartbeat: 30 }) as const;
const settings = { ...before.conversation.settings, pinned: true };
const profileOf = ({ userId, userName, displayName, about, pictureId }: Person): Profile => ({
  userId,
  userName,
  displayName,
  about,
  pictureId,
});

const changes: Record<string, Change> = {
  'a message': changed(
    { messages: [message(4)] },
    { lastSeq: 4, unread: 4, preview: { seq: 4, senderId: bob, text: 'No. 4', sentAt: at } },
  ),
  'an edit': changed({ messages: [{ ...message(2, 4, 'mended'), editedAt: at }] }),
  'a deletion': changed({ messages: [{ ...message(2, 4, null), deletedAt: at }] }),
  'a reaction': changed({ messages: [{ ...message(2, 4), reactions: [{ userId: bob, emoji: '👍' }] }] }),
  'a receipt': changed({ marks: { [alice]: { delivered: 3, read: 3 } } }, { unread: 0 }),
  'a deletion for me': changed({ hidden: [2] }),
  'a change that is nothing to me': changed({}),
  settings: heard(
    { type: 'settings', conversationId, peerId: bob, settings, settingsVersion: 2, unread: 3 },
    { conversation: { ...before.conversation, settings, settingsVersion: 2 } },
  ),
  presence: heard(
    { type: 'presence', people: [{ userId: bob, state: 'online', lastSeenAt: at, number: 2 }] },
    { people: [person(bob, { presence: 'online', lastSeenAt: at, presenceNumber: 2 })] },
  ),
  'somebody who looks different': heard(
    { type: 'person', profile: profileOf(person(bob, { displayName: 'Robert' })), profileNumber: 2, isNew: false },
    { people: [person(bob, { displayName: 'Robert', profileNumber: 2 })] },
  ),
  'somebody new': heard(
    { type: 'person', profile: profileOf(person(cyd)), profileNumber: 1, isNew: true },
    { people: [person(bob), person(cyd)] },
  ),
  'somebody gone': heard({ type: 'person-gone', userId: bob }, { people: [] }),
  'nobody can tell who is here': heard(
    { type: 'presence-unknown' },
    { presenceKnown: false, people: [person(bob, { presence: 'unknown' })] },
  ),
  'somebody types': { after: before, live: true, frames: [{ chat: { type: 'typing', conversationId, userId: bob, active: true } }] },
  'something refused': {
    before: { ...before, entries: [mine({})] },
    after: { ...before, entries: [mine({ state: 'refused', code: 'person-gone' })] },
    frames: [{ chat: { type: 'refused', clientId: 'mine', code: 'person-gone' } }],
  },
  'something in the inbox': heard({ type: 'inbox', account: 2 }, { account: 2 }),
  'preferences of another device': heard(
    { type: 'preferences', doNotDisturbUntil: later, showLastSeen: false },
    { settings: { doNotDisturbUntil: later, showLastSeen: false } },
  ),
  'another session': {
    after: before,
    live: true,
    frames: [{ notification: { type: 'account', kind: 'logged-in', sessionId: 'other', at } }],
  },
  'another time of the server, by the chat socket': { after: { ...before, time: later }, frames: [{ chat: hello(later) }] },
  'another time of the server, by the notification socket': { after: { ...before, time: later }, frames: [{ notification: hello(later) }] },
  'something missed by the chat socket': missed({ chat: { type: 'resync', within: 0 } }),
  'something missed by the notification socket': missed({ notification: { type: 'resync', within: 0 } }),
};

const complaint = { type: 'error', code: 'unknown-frame', message: 'This is not understood here.' } as const;
/** What is between the device and the server alone: nothing that is shown depends on it. */
const unshown: readonly Frame[] = [
  { chat: { type: 'joined', peer: bob, conversationId } },
  { chat: { type: 'move', after: 0 } },
  { chat: { type: 'pong', serverTime: later } },
  { chat: complaint },
  { notification: { type: 'guest', online: 12 } },
  { notification: { type: 'move', after: 0 } },
  { notification: { type: 'pong', serverTime: later } },
  { notification: complaint },
  { notification: { type: 'refused', clientId: conversationId, code: 'rate-limited' } },
];

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
});

/** A device whose server answers from a world, as it is when it is asked, and in its own time. */
async function createDevice(world: World) {
  const now = { world, held: undefined as PromiseWithResolvers<void> | undefined };
  const sockets = new Map<string, Socket>();
  const asked: string[] = [];
  const store = createStore();
  const device = createMemoryStore();
  await device.keep(world.entries);
  const answers: Record<string, (world: World) => unknown> = {
    '/api/messages/conversations': ({ conversation }) => ({ conversations: [conversation], after: null }),
    '/api/messages/versions': ({ conversation: { epoch, version, settingsVersion } }) => ({
      epoch,
      versions: [[conversationId, version, settingsVersion]],
      after: null,
    }),
    [`/api/messages/conversations/${bob}/messages`]: pageOf,
    [`/api/messages/conversations/${bob}/changes`]: ({ update }) => ({ reset: false, more: false, update }),
    '/api/users': ({ people }) => ({ people, after: null }),
    '/api/notifications/settings': ({ settings }) => settings,
  };
  const parley = await createParley({
    base: '',
    me,
    store: device,
    // A device whose own clock stands still shows what it believes of the server's.
    clock: { ...systemClock, now: () => Date.parse(at) },
    async fetch(url) {
      const { pathname, searchParams } = new URL(String(url), 'http://parley.test');
      asked.push(pathname);
      const nothing = pathname === '/api/messages/conversations' && searchParams.has('after');
      const body = nothing ? { conversations: [], after: null } : answers[pathname]?.(now.world);
      await now.held?.promise;
      return Response.json(body ?? {}, { status: body ? 200 : 404 });
    },
    openSocket(path) {
      const socket: Socket = { send: () => {}, close: () => {}, onopen: null, onmessage: null, onclose: null, onerror: null };
      sockets.set(path, socket);
      return socket;
    },
    onEvent: (event) => void (event.kind === 'failure' || store.dispatch(actionOf(event))),
  });
  ending.push(() => parley.stop());
  const entries = parley.outbox.entries();
  store.dispatch(told.outbox({ kind: 'outbox', entries, clientIds: entries.map(({ command }) => command.clientId) }));
  const say = (path: string, frame: object) => sockets.get(path)?.onmessage?.({ data: JSON.stringify(frame) } as never);
  return {
    now,
    asked,
    /** The sockets open, and the screens that are open read what they show. */
    async load() {
      parley.start();
      await vi.waitFor(() => expect(sockets.size).toBe(2));
      for (const path of sockets.keys()) say(path, hello(now.world.time));
      const { presenceKnown, account } = now.world;
      say('/ws/notifications', presenceKnown ? { type: 'presence', people: [], snapshot: true } : { type: 'presence-unknown' });
      say('/ws/notifications', { type: 'inbox', account });
      const { settingsHeard } = store.getState().notifications;
      await Promise.all([
        parley.conversations.open(bob),
        parley
          .request('get', '/api/notifications/settings', {})
          .then((read) => store.dispatch(settingsRead({ settings: read, heard: settingsHeard }))),
        parley.request('get', '/api/users', {}).then((page) => store.dispatch(directoryRead({ ...page, begin: true }))),
        parley.compare('list'),
      ]);
    },
    hear: (frames: readonly Frame[]) =>
      frames.forEach((frame) => void ('chat' in frame ? say('/ws/chat', frame.chat) : say('/ws/notifications', frame.notification))),
    /** All of it that a person can see. */
    shown() {
      const { held, conversations, people, typing, outbox, notifications, connection } = store.getState();
      const { account, doNotDisturbUntil, showLastSeen } = notifications;
      const sending = Object.values(outbox).map(({ command, state, code }) => ({ clientId: command.clientId, state, code }));
      const { profiles, directory } = people;
      const presence = [bob, cyd]
        .map((userId) => selectPresence({ people }, userId))
        .map(({ state, lastSeenAt }) => ({ state, lastSeenAt }));
      const { messages, hidden, version, lastSeq, marks } = held[bob] ?? {};
      const rows = [...(messages?.values() ?? [])].filter(({ seq }) => !hidden?.has(seq)).sort((one, other) => one.seq - other.seq);
      return {
        ...{ rows, version, lastSeq, marks, conversations: conversations.byPeer, profiles, presence, directory, typing, sending },
        ...{ account, doNotDisturbUntil, showLastSeen, skew: connection.skew },
        // A screen that shows the sessions reads them anew.
        sessionsMoved: connection.accountChanges > 0,
      };
    },
  };
}

function pageOf({ conversation, messages, hidden }: World): Page {
  const { epoch, version, lastSeq, marks } = conversation;
  return {
    conversationId,
    epoch,
    version,
    lastSeq,
    messages: [...messages],
    hidden: [...hidden],
    marks,
    hasBefore: false,
    hasAfter: false,
  };
}

/** Loads what is shown while the server is still answering as it was, and hears the frames meanwhile. */
async function hearWhileLoading(from: World, to: World, frames: readonly Frame[]) {
  const device = await createDevice(from);
  device.now.held = Promise.withResolvers();
  const loading = device.load();
  await vi.waitFor(() => expect(device.asked.length).toBeGreaterThan(3));
  device.now.world = to;
  device.hear(frames);
  device.now.held.resolve();
  await loading;
  return device;
}

test.each(Object.entries(changes))(
  '[D5] [UP6] %s: loading then hearing is hearing then loading, and is what a later page shows',
  async (_, { after, frames, before: was = before, live }) => {
    const fresh = await createDevice(after);
    await fresh.load();
    if (live) fresh.hear(frames);
    const expected = fresh.shown();

    const loadedFirst = await createDevice(was);
    await loadedFirst.load();
    expect(loadedFirst.shown()).not.toEqual(expected);
    loadedFirst.now.world = after;
    loadedFirst.hear(frames);
    await vi.waitFor(() => expect(loadedFirst.shown()).toEqual(expected));

    const heardFirst = await hearWhileLoading(was, after, frames);
    await vi.waitFor(() => expect(heardFirst.shown()).toEqual(expected));

    const heardTwice = await createDevice(after);
    await heardTwice.load();
    heardTwice.hear(frames);
    heardTwice.hear(frames);
    await vi.waitFor(() => expect(heardTwice.shown()).toEqual(expected));
  },
);

const nameOf = (frame: Frame) => ('chat' in frame ? `chat: ${frame.chat.type}` : `notifications: ${frame.notification.type}`);

test.each(unshown.map((frame) => [nameOf(frame), frame] as const))(
  '%s changes nothing that is shown, whenever it comes',
  async (_, frame) => {
    const fresh = await createDevice(before);
    await fresh.load();
    const expected = fresh.shown();
    fresh.hear([frame]);
    const heardFirst = await hearWhileLoading(before, before, [frame]);
    for (const device of [fresh, heardFirst]) await vi.waitFor(() => expect(device.shown()).toEqual(expected));
  },
);

test('every frame that the contracts know is among these', () => {
  const known = [
    ...ChatDown.options.map(({ shape }) => `chat: ${shape.type.value}`),
    ...NotificationDown.options.map(({ shape }) => `notifications: ${shape.type.value}`),
  ];
  const heardHere = [...Object.values(changes).flatMap(({ frames }) => frames), ...unshown].map(nameOf);
  expect([...new Set(heardHere)].sort()).toEqual(known.sort());
});

import { createMemoryStore, createParley, type Socket } from '@parley/client-library';
import { type Conversation, conversationIdOf, type Message, type Page, type Update, uuidv7 } from '@parley/common/contracts';
import { until } from '@parley/common/testing';
import { expect, test } from 'vitest';
import { comeBack } from './returning.ts';

const [ada, bob] = [uuidv7(), uuidv7()] as const;
const at = new Date().toISOString();
const conversationId = conversationIdOf(ada, bob);
const marks = { [ada]: { delivered: 1, read: 0 }, [bob]: { delivered: 0, read: 0 } };
const row = (seq: number): Message => ({
  id: uuidv7(),
  seq,
  version: seq,
  clientId: uuidv7(),
  senderId: bob,
  content: { kind: 'text', text: `No. ${seq}` },
  replyTo: null,
  sentAt: at,
  editedAt: null,
  deletedAt: null,
  reactions: [],
});

/** A server on which bob has written so many messages; what one device asks and says is written down in order. */
function openServer() {
  const rows = [row(1)];
  let asked: string[] = [];
  let said: string[] = [];
  const version = () => rows.length;
  const conversation = (): Conversation => ({
    conversationId,
    peerId: bob,
    epoch: 'one',
    version: version(),
    lastSeq: version(),
    lastActivityAt: at,
    preview: null,
    unread: version(),
    marks,
    settings: { pinned: false, archived: false, mutedUntil: null, markedUnread: false, blocked: false },
    settingsVersion: 0,
    closed: false,
  });
  const page = (): Page => ({
    ...{ conversationId, epoch: 'one', version: version(), lastSeq: version() },
    ...{ messages: rows, hidden: [], marks, hasBefore: false, hasAfter: false },
  });
  const changes = (since: number): { reset: false; more: false; update: Update } => ({
    ...{ reset: false, more: false },
    update: { conversationId, epoch: 'one', from: since, version: version(), messages: rows.slice(since), marks },
  });
  return {
    rows,
    told: () => said.some((frame) => frame.includes('"delivered"')),
    answer(path: string): object {
      asked.push(path);
      if (path.includes('/changes?')) return changes(Number(/since=(\d+)/.exec(path)?.[1]));
      return path.includes('/messages?') ? page() : { conversations: [conversation()], after: null };
    },
    say: (frame: string) => void said.push(frame),
    /** What was asked and said since the last time: of the two sockets either may be first, and a receipt has a name of its own. */
    since() {
      const heard = { asked, said: said.map((frame) => frame.replace(/"clientId":"[^"]+"/, '"clientId":""')).sort() };
      [asked, said] = [[], []];
      return heard;
    },
  };
}

/** The client library on that server, after it was there and was lost. */
async function lostDevice(server: ReturnType<typeof openServer>) {
  let sockets: Socket[] = [];
  const parley = await createParley({
    me: { userId: ada, name: 'ada', displayName: 'Ada', email: 'ada@example.org' } as never,
    base: '',
    random: () => 0,
    fetch: async (path) => Response.json(server.answer(String(path))),
    openSocket() {
      const socket = { send: server.say, close: () => {}, onopen: null, onmessage: null, onclose: null, onerror: null };
      sockets.push(socket);
      return socket;
    },
    store: createMemoryStore(),
  });
  const hello = { type: 'hello', protocol: 1, userId: ada, sessionId: uuidv7(), serverTime: at, heartbeat: 40 };
  const greet = async () => {
    await until(() => sockets.length === 2);
    for (const { onmessage } of sockets) onmessage?.({ data: JSON.stringify(hello) } as never);
  };
  parley.start();
  await greet();
  await until(() => parley.conversations.get(bob).version === 1);
  await parley.conversations.saved();
  const lost = sockets;
  sockets = [];
  server.since();
  for (const { onclose } of lost) onclose?.({ code: 1006 } as never);
  return { greet, stop: parley.stop };
}

test('a device of the storm asks and says what the client library does when it comes back, and nothing else', async () => {
  const server = openServer();
  const device = await lostDevice(server);
  server.rows.push(row(2));
  await device.greet();
  await until(server.told);
  const library = server.since();
  await device.stop();

  const back = await comeBack(
    {
      open: async (_path, hear) => ({
        send(frame) {
          server.say(frame);
          hear(Buffer.from(frame));
        },
        close: () => {},
      }),
      ask: async (path) => JSON.stringify(server.answer(path)),
    },
    { userId: ada, peerId: bob, epoch: 'one', version: 1 },
  );
  await back.tell();
  expect(server.since()).toEqual(library);
  expect(library.asked).toHaveLength(2);
  expect(library.said).toHaveLength(3);
});

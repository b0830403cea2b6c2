import { createNodeSession } from '@parley/client-library/node';
import { type Changes, type Me, uuidv7 } from '@parley/common/contracts';
import { WebSocket } from 'ws';
import type { Random } from '../chaos/random.ts';
import type { Action, Counts } from './soak-load.ts';

/** As the client library has it. */
const DELIVERED_EVERY_MS = 250;
const ASKING_AT_ONCE = 6;
const REOPEN_MS = 1_000;
const EMOJI = ['👍', '❤️', '😂', '🎉'];

export interface Person {
  readonly me: Me;
  peer: Person | undefined;
  act(action: Action, random: Random, intended: number): void;
  renew(): Promise<void>;
  /** Asks for what it was not told while it had no socket. */
  catchUp(): Promise<void>;
  leave(): void;
}

/** Signs up and opens both sockets; the peer is told by whoever pairs them. */
export async function arrive(url: string, counts: Counts): Promise<Person> {
  const session = createNodeSession({ base: url });
  const userName = `s${uuidv7().replaceAll('-', '').slice(-24)}`;
  const password = uuidv7();
  const note = (code: string) => {
    counts.refused[code] = (counts.refused[code] ?? 0) + 1;
  };
  const refusedWith = (status: number, what: string) => {
    note(`HTTP ${status} ${what}`);
    if (status >= 500 && status !== 503) counts.faults += 1;
  };
  const post = { method: 'POST', headers: { 'content-type': 'application/json' } };
  const signUp = { userName, displayName: userName, email: `${userName}@parley.test`, password };
  const response = await session.fetch(`${url}/api/auth/sign-up`, { ...post, body: JSON.stringify(signUp) });
  if (!response.ok) throw new Error(await response.text());
  const me = (await response.json()) as Me;
  // Everything up to the version `whole` was heard; `version` is the newest that was.
  const state = { lastSeq: 0, version: 0, whole: 0, epoch: '', mine: [] as { seq: number; version: number }[] };
  const seen = new Set<number>();
  /** Messages by their clientId: what has no answer when its socket closes is said again on the next. */
  const unanswered = new Map<string, object>();
  const sockets = new Map<string, WebSocket>();
  let telling = false;
  let asking = 0;
  let left = false;

  const ask = (path: string, init?: RequestInit) => {
    // As a browser holds back, whatever a person clicks: otherwise a stall of the machine becomes a storm of connections.
    if (asking >= ASKING_AT_ONCE) return note('held back: six requests of this person wait');
    asking += 1;
    void session
      .fetch(`${url}${path}`, init)
      .then(
        async (answer) => {
          await answer.arrayBuffer();
          if (!answer.ok) refusedWith(answer.status, path.replace(/\?.*/, '').replace(/[0-9a-f-]{36}/, ':id'));
        },
        () => left || note('HTTP no answer'),
      )
      .finally(() => {
        asking -= 1;
      });
  };
  const say = (frame: object) => {
    const socket = sockets.get('/ws/chat');
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ clientId: uuidv7(), to: person.peer?.me.userId, ...frame }));
  };
  const send = (frame: object) => {
    const clientId = uuidv7();
    counts.sent += 1;
    unanswered.set(clientId, { ...frame, clientId });
    say({ ...frame, clientId });
  };
  const deliver = () => {
    telling = false;
    say({ type: 'delivered', seq: state.lastSeq });
  };
  // biome-ignore lint/suspicious/noExplicitAny: the generator stays lean: it believes the frames.
  const hear = (frame: any) => {
    if (frame.type === 'hello') for (const message of unanswered.values()) say(message);
    if (frame.type === 'hello' || frame.type === 'resync') void catchUp();
    if (frame.type === 'refused') {
      note(frame.code);
      if (unanswered.delete(frame.clientId)) counts.refusedMessages += 1;
    }
    if (frame.type !== 'update') return;
    if (frame.update.from > state.whole) void catchUp();
    take(frame.update);
  };
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  const take = (update: any) => {
    state.version = Math.max(state.version, update.version);
    if (update.from <= state.whole) state.whole = Math.max(state.whole, update.version);
    state.epoch = update.epoch;
    for (const { seq, version, senderId, clientId, content } of update.messages) {
      if (senderId === me.userId) unanswered.delete(clientId);
      if (senderId === me.userId) state.mine = [...state.mine.filter((known) => known.seq !== seq), { seq, version }].slice(-20);
      state.lastSeq = Math.max(state.lastSeq, seq);
      if (senderId === me.userId || seen.has(seq)) continue;
      seen.add(seq);
      counts.shown += 1;
      // Edited or deleted before it was shown, it says no more when it was sent.
      const intended = Number(content?.text.split(' ')[0]);
      if (intended > 0) counts.delays.push(performance.now() - intended);
      if (!telling) setTimeout(deliver, DELIVERED_EVERY_MS);
      telling = true;
    }
  };
  let catching: Promise<void> | undefined;
  const catchUp = () => {
    catching ??= missed()
      .catch(() => note('nothing missed could be asked for'))
      .finally(() => {
        catching = undefined;
      });
    return catching;
  };
  const missed = async () => {
    for (let more = true; more; ) {
      if (!person.peer || left) return;
      const since = `epoch=${state.epoch || '-'}&since=${state.whole}`;
      const answer = await session.fetch(`${url}/api/messages/conversations/${peerId()}/changes?${since}`);
      if (!answer.ok) return refusedWith(answer.status, 'what was missed');
      const changes = (await answer.json()) as Changes;
      if (changes.reset && state.epoch !== '') return note('a reset');
      state.epoch ||= changes.reset ? changes.epoch : changes.update.epoch;
      if (changes.reset) continue;
      take(changes.update);
      more = changes.more;
    }
  };
  const open = (path: string) => {
    const headers = { origin: url, cookie: [...session.cookies].map(([name, value]) => `${name}=${value}`).join('; ') };
    const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, 'parley.1', { headers });
    sockets.set(path, socket);
    socket.on('error', () => note('socket'));
    socket.once('close', (code) => {
      if (left || sockets.get(path) !== socket) return;
      note(`closed ${code} ${path}`);
      setTimeout(() => left || void open(path), REOPEN_MS);
    });
    socket.on('message', (data) => {
      const frames: unknown = JSON.parse(String(data));
      if (path === '/ws/chat') for (const frame of Array.isArray(frames) ? frames : [frames]) hear(frame);
    });
    return new Promise((resolve) => socket.once('message', resolve).once('close', resolve));
  };
  const text = (intended: number) => ({ kind: 'text', text: `${intended} ${'x'.repeat(100)}` });
  const peerId = () => person.peer?.me.userId;
  const acts: Record<Action, (random: Random, intended: number) => void> = {
    send: (_, intended) => send({ type: 'send', content: text(intended) }),
    typing: () => say({ type: 'join', peer: peerId() }),
    edit(random) {
      const message = state.mine.length > 0 && random.pick(state.mine);
      if (message) say({ type: 'edit', seq: message.seq, saw: message.version, content: text(0) });
    },
    react: (random) => state.lastSeq > 0 && say({ type: 'react', seq: state.lastSeq, emoji: random.pick(EMOJI), set: random.chance(0.7) }),
    remove: () => state.mine[0] && say({ type: 'delete', seq: state.mine[0].seq, scope: 'everyone' }),
    openConversation() {
      ask(`/api/messages/conversations/${peerId()}/messages?limit=50`);
      if (state.lastSeq > 0) say({ type: 'read', seq: state.lastSeq });
      say({ type: 'typing', active: true });
    },
    list: () => ask('/api/messages/conversations'),
    versions: () => ask('/api/messages/versions'),
    changes: () =>
      state.epoch && ask(`/api/messages/conversations/${peerId()}/changes?epoch=${state.epoch}&since=${Math.max(0, state.version - 20)}`),
    search: () => ask('/api/messages/search?q=xxx&limit=10'),
    inbox: () => ask('/api/notifications/inbox'),
    people: () => ask('/api/users?limit=30'),
    findPeople: (random) => ask(`/api/users/search?q=s01${random.below(10)}`),
    person: () => ask(`/api/users/${peerId()}`),
    reconnect(random) {
      const path = random.chance(0.5) ? '/ws/chat' : '/ws/notifications';
      if (sockets.get(path)?.readyState !== WebSocket.OPEN) return;
      const old = sockets.get(path);
      // The new one takes its place first: that this one closes is no surprise.
      void open(path);
      old?.close();
    },
    signIn: () => void another(),
  };
  /** One more session of the same person, which is ended again. */
  const another = async () => {
    const own = createNodeSession({ base: url });
    const signedIn = await own
      .fetch(`${url}/api/auth/sign-in`, { ...post, body: JSON.stringify({ login: userName, password }) })
      .catch(() => undefined);
    if (!signedIn) return note('HTTP no answer');
    if (!signedIn.ok) return refusedWith(signedIn.status, 'sign-in');
    await own.fetch(`${url}/api/auth/sign-out`, post).catch(() => note('sign-out'));
  };
  const person: Person = {
    me,
    peer: undefined,
    catchUp,
    act: (action, random, intended) => acts[action](random, intended),
    async renew() {
      const renewed = await session.fetch(`${url}/api/auth/refresh`, post).catch(() => undefined);
      if (!renewed) note('HTTP no answer');
      else if (!renewed.ok) refusedWith(renewed.status, 'refresh');
    },
    leave() {
      left = true;
      for (const socket of sockets.values()) socket.terminate();
    },
  };
  await Promise.all([open('/ws/chat'), open('/ws/notifications')]);
  return person;
}

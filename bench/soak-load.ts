import { createNodeSession } from '@parley/client-library/node';
import { type Me, uuidv7 } from '@parley/common/contracts';
import { WebSocket } from 'ws';
import { createRandom, type Random } from '../chaos/random.ts';

/**
 * What people do, of a hundred things. More is written than in Mattermost's load test (a post is 7 % of what its people
 * do), for it is writing that could leave something behind; they come back as often per post (0.144) and read as much more.
 */
export const weights = {
  send: 30,
  typing: 8,
  edit: 2,
  react: 4,
  remove: 0.5,
  openConversation: 20,
  list: 8,
  versions: 6,
  changes: 4,
  search: 1,
  inbox: 2,
  people: 5,
  findPeople: 3,
  person: 2,
  reconnect: 4,
  signIn: 0.5,
} as const;
type Action = keyof typeof weights;

const TICK_MS = 5;
/** As the client library has it. */
const DELIVERED_EVERY_MS = 250;
const ASKING_AT_ONCE = 6;
const RENEW_MS = 4 * 60_000;
const EMOJI = ['👍', '❤️', '😂', '🎉'];

export interface Counts {
  readonly done: Record<string, number>;
  /** By what they were refused with. */
  readonly refused: Record<string, number>;
  shown: number;
  /** From the intended moment to the peer's device (ms), since they were last taken. */
  delays: number[];
}

/** Pairs of people with a device each, who do what the weights say at a fixed rate, whatever the platform answers. */
export async function startLoad({ url, pairs, rate, seed }: { url: string; pairs: number; rate: number; seed: number }) {
  const random = createRandom(seed);
  const counts: Counts = { done: {}, refused: {}, shown: 0, delays: [] };
  const people: Person[] = [];
  while (people.length < 2 * pairs) {
    const [one, other] = await Promise.all([arrive(url, counts), arrive(url, counts)]);
    one.peer = other;
    other.peer = one;
    people.push(one, other);
  }
  const actions = Object.entries(weights).flatMap(([action, weight]) => Array<Action>(weight * 2).fill(action as Action));
  let over = false;
  let acted = 0;

  const loop = async () => {
    const begin = performance.now();
    while (!over) {
      const due = Math.floor(((performance.now() - begin) / 1000) * rate);
      for (; acted < due; acted++) {
        const action = random.pick(actions);
        counts.done[action] = (counts.done[action] ?? 0) + 1;
        random.pick(people).act(action, random, begin + (acted / rate) * 1000);
      }
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
  };
  const looping = loop();
  const renewing = setInterval(() => people.forEach((person) => void person.renew()), RENEW_MS);

  return {
    counts,
    async [Symbol.asyncDispose]() {
      over = true;
      clearInterval(renewing);
      await looping;
      for (const person of people) person.leave();
    },
  };
}

interface Person {
  readonly me: Me;
  peer: Person | undefined;
  act(action: Action, random: Random, intended: number): void;
  renew(): Promise<void>;
  leave(): void;
}

async function arrive(url: string, counts: Counts): Promise<Person> {
  const session = createNodeSession({ base: url });
  const userName = `s${uuidv7().replaceAll('-', '').slice(-24)}`;
  const password = uuidv7();
  const note = (code: string) => {
    counts.refused[code] = (counts.refused[code] ?? 0) + 1;
  };
  const post = { method: 'POST', headers: { 'content-type': 'application/json' } };
  const signUp = { userName, displayName: userName, email: `${userName}@parley.test`, password };
  const response = await session.fetch(`${url}/api/auth/sign-up`, { ...post, body: JSON.stringify(signUp) });
  if (!response.ok) throw new Error(await response.text());
  const me = (await response.json()) as Me;
  const state = { lastSeq: 0, version: 0, epoch: '', mine: [] as { seq: number; version: number }[] };
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
          if (!answer.ok) note(`HTTP ${answer.status} ${path.split('?')[0]?.replace(/[0-9a-f-]{36}/, ':id')}`);
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
  const deliver = () => {
    telling = false;
    say({ type: 'delivered', seq: state.lastSeq });
  };
  // biome-ignore lint/suspicious/noExplicitAny: the generator stays lean: it believes the frames.
  const hear = (frame: any) => {
    if (frame.type === 'refused') note(frame.code);
    if (frame.type !== 'update') return;
    state.version = Math.max(state.version, frame.update.version);
    state.epoch = frame.update.epoch;
    for (const { seq, version, senderId, content } of frame.update.messages) {
      if (senderId === me.userId) state.mine = [...state.mine.filter((known) => known.seq !== seq), { seq, version }].slice(-20);
      if (seq <= state.lastSeq) continue;
      state.lastSeq = seq;
      if (senderId === me.userId) continue;
      counts.shown += 1;
      counts.delays.push(performance.now() - Number(content?.text.split(' ')[0]));
      if (!telling) setTimeout(deliver, DELIVERED_EVERY_MS);
      telling = true;
    }
  };
  const open = (path: string) => {
    const headers = { origin: url, cookie: [...session.cookies].map(([name, value]) => `${name}=${value}`).join('; ') };
    const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, 'parley.1', { headers });
    sockets.set(path, socket);
    socket.on('error', () => note('socket'));
    socket.on('message', (data) => {
      const frames: unknown = JSON.parse(String(data));
      if (path === '/ws/chat') for (const frame of Array.isArray(frames) ? frames : [frames]) hear(frame);
    });
    return new Promise((resolve) => socket.once('message', resolve).once('close', resolve));
  };
  await Promise.all([open('/ws/chat'), open('/ws/notifications')]);

  const text = (intended: number) => ({ kind: 'text', text: `${intended} ${'x'.repeat(100)}` });
  const peerId = () => person.peer?.me.userId;
  const acts: Record<Action, (random: Random, intended: number) => void> = {
    send: (_, intended) => say({ type: 'send', content: text(intended) }),
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
      sockets.get(path)?.close();
      void open(path);
    },
    signIn: () => void another(),
  };
  /** One more session of the same person, which is ended again. */
  const another = async () => {
    const own = createNodeSession({ base: url });
    const signedIn = await own
      .fetch(`${url}/api/auth/sign-in`, { ...post, body: JSON.stringify({ login: userName, password }) })
      .catch(() => undefined);
    if (!signedIn?.ok) return note(`sign-in ${signedIn?.status}`);
    await own.fetch(`${url}/api/auth/sign-out`, post).catch(() => note('sign-out'));
  };
  const person: Person = {
    me,
    peer: undefined,
    act: (action, random, intended) => acts[action](random, intended),
    async renew() {
      const renewed = await session.fetch(`${url}/api/auth/refresh`, post).catch(() => undefined);
      if (!renewed?.ok) note(`refresh ${renewed?.status}`);
    },
    leave() {
      left = true;
      for (const socket of sockets.values()) socket.terminate();
    },
  };
  return person;
}

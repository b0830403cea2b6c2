import { createNodeSession } from '@parley/client-library/node';
import { type Changes, type Me, uuidv7 } from '@parley/common/contracts';
import type { Random } from '../chaos/random.ts';
import { createConversation } from './soak-conversation.ts';
import type { Action, Counts } from './soak-load.ts';
import { createSockets } from './soak-sockets.ts';

const ASKING_AT_ONCE = 6;
const EMOJI = ['👍', '❤️', '😂', '🎉'];
const post = { method: 'POST', headers: { 'content-type': 'application/json' } };

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
  const signUp = { userName, displayName: userName, email: `${userName}@parley.test`, password };
  const response = await session.fetch(`${url}/api/auth/sign-up`, { ...post, body: JSON.stringify(signUp) });
  if (!response.ok) throw new Error(await response.text());
  const me = (await response.json()) as Me;
  const peerId = () => person.peer?.me.userId;

  const note = (what: string) => {
    counts.refused[what] = (counts.refused[what] ?? 0) + 1;
  };
  /** The text of the answer; undefined where there is none, and of a refusal: both are noted. */
  const answerTo = async (what: string, asked: Promise<Response>): Promise<string | undefined> => {
    const answer = await asked.catch(() => undefined);
    const text = await answer?.text().catch(() => undefined);
    if (answer?.ok && text !== undefined) return text;
    note(`HTTP ${answer?.status ?? 'no answer'} ${what}`);
    if (answer && answer.status >= 500 && answer.status !== 503) counts.faults += 1;
    return undefined;
  };
  let asking = 0;
  const ask = async (path: string) => {
    // As a browser holds back, whatever a person clicks: otherwise a stall of the machine becomes a storm of connections.
    if (asking >= ASKING_AT_ONCE) return note('held back: six requests of this person wait');
    asking += 1;
    await answerTo(path.replace(/\?.*/, '').replace(/[0-9a-f-]{36}/, ':id'), session.fetch(`${url}${path}`));
    asking -= 1;
  };

  const say = (frame: object) => sockets.say({ to: peerId(), ...frame });
  const conversation = createConversation({
    userId: me.userId,
    counts,
    note,
    say,
    async changesAfter(epoch, version) {
      if (!person.peer) return;
      const path = `/api/messages/conversations/${peerId()}/changes?epoch=${epoch || '-'}&since=${version}`;
      const answer = await answerTo('what was missed', session.fetch(`${url}${path}`));
      return answer === undefined ? undefined : (JSON.parse(answer) as Changes);
    },
  });
  const { known } = conversation;
  const sockets = createSockets({ url, session, note, hear: conversation.hear });

  const text = (intended: number) => ({ kind: 'text', text: `${intended} ${'x'.repeat(100)}` });
  const acts: Record<Action, (random: Random, intended: number) => void> = {
    send: (_, intended) => conversation.send(text(intended)),
    typing: () => say({ type: 'join', peer: peerId() }),
    edit(random) {
      const message = known.mine.length > 0 && random.pick(known.mine);
      if (message) say({ type: 'edit', seq: message.seq, saw: message.version, content: text(0) });
    },
    react: (random) => known.lastSeq > 0 && say({ type: 'react', seq: known.lastSeq, emoji: random.pick(EMOJI), set: random.chance(0.7) }),
    remove: () => known.mine[0] && say({ type: 'delete', seq: known.mine[0].seq, scope: 'everyone' }),
    openConversation() {
      void ask(`/api/messages/conversations/${peerId()}/messages?limit=50`);
      if (known.lastSeq > 0) say({ type: 'read', seq: known.lastSeq });
      say({ type: 'typing', active: true });
    },
    list: () => void ask('/api/messages/conversations'),
    versions: () => void ask('/api/messages/versions'),
    changes: () =>
      known.epoch &&
      void ask(`/api/messages/conversations/${peerId()}/changes?epoch=${known.epoch}&since=${Math.max(0, known.version - 20)}`),
    search: () => void ask('/api/messages/search?q=xxx&limit=10'),
    inbox: () => void ask('/api/notifications/inbox'),
    people: () => void ask('/api/users?limit=30'),
    findPeople: (random) => void ask(`/api/users/search?q=s01${random.below(10)}`),
    person: () => void ask(`/api/users/${peerId()}`),
    reconnect: (random) => sockets.reopen(random.chance(0.5) ? '/ws/chat' : '/ws/notifications'),
    signIn: () => void another(),
  };
  /** One more session of the same person, which is ended again. */
  const another = async () => {
    const own = createNodeSession({ base: url });
    const body = JSON.stringify({ login: userName, password });
    const signedIn = await answerTo('sign-in', own.fetch(`${url}/api/auth/sign-in`, { ...post, body }));
    if (signedIn !== undefined) await answerTo('sign-out', own.fetch(`${url}/api/auth/sign-out`, post));
  };

  const person: Person = {
    me,
    peer: undefined,
    catchUp: conversation.catchUp,
    act: (action, random, intended) => acts[action](random, intended),
    renew: async () => void (await answerTo('refresh', session.fetch(`${url}/api/auth/refresh`, post))),
    leave: sockets.leave,
  };
  await Promise.all([sockets.open('/ws/chat'), sockets.open('/ws/notifications')]);
  return person;
}

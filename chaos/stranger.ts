import { RequestError } from '@parley/client-library';
import { conversationIdOf, uuidv7 } from '@parley/common/contracts';
import type { Crowd, Device } from './crowd.ts';
import type { Ledger } from './ledger.ts';
import type { Random } from './random.ts';

export interface PryingOptions {
  readonly stranger: Device;
  readonly crowd: Crowd;
  readonly ledger: Ledger;
  readonly random: Random;
  readonly onFailure: (device: string, error: unknown) => void;
}

const EVERY_MS = 150;
/** Places that are taken soon. */
const SEQS = 30;
const EMOJI = '🕵️';

/**
 * [D8] Somebody to whom nobody ever wrote, who knows the ids of everybody and of their conversations. Nothing on the wire
 * names a conversation but by the other person, so she gives either id where a person is asked for, and says on the side
 * whose conversation she means. All of it has to be refused, or to be about her own conversations, in which there is nothing.
 */
export function startPrying({ stranger, crowd, ledger, random, onFailure }: PryingOptions) {
  const { observer, person } = stranger;
  let done = 0;

  /** Somebody, or the conversation of somebody with somebody else. */
  const choose = () => {
    const one = random.pick(crowd.people.filter(({ peers }) => peers.length > 0));
    const conversationId = conversationIdOf(one.me.userId, random.pick(one.peers).me.userId);
    const to = random.chance(0.5) ? one.me.userId : conversationId;
    observer.approached?.add(conversationIdOf(person.me.userId, to));
    return { to, conversationId, senderId: one.me.userId };
  };

  const commands = {
    react: (to: string, seq: number) => ({ type: 'react', clientId: uuidv7(), to, seq, emoji: EMOJI, set: true }) as const,
    edit: (to: string, seq: number) =>
      ({ type: 'edit', clientId: uuidv7(), to, seq, saw: Number.MAX_SAFE_INTEGER, content: { kind: 'text', text: 'not hers' } }) as const,
    remove: (to: string, seq: number) => ({ type: 'delete', clientId: uuidv7(), to, seq, scope: 'everyone' }) as const,
    hide: (to: string, seq: number) => ({ type: 'delete', clientId: uuidv7(), to, seq, scope: 'me' }) as const,
    read: (to: string, seq: number) => ({ type: 'read', clientId: uuidv7(), to, seq }) as const,
    delivered: (to: string, seq: number) => ({ type: 'delivered', clientId: uuidv7(), to, seq }) as const,
  };

  const give = async (command: keyof typeof commands) => {
    const { to, ...aside } = choose();
    const frame = commands[command](to, 1 + random.below(SEQS));
    // As no client would: what a server must not believe stands beside it.
    const given = { ...frame, ...(random.chance(0.5) && aside) };
    // A mark need not be answered where there is nothing to mark.
    if (given.type === 'read' || given.type === 'delivered') stranger.parley?.chat.send(given);
    else await stranger.parley?.outbox.write(given);
  };

  const ask = async (what: string, asking: (parley: NonNullable<Device['parley']>, peerId: string, seq: number) => Promise<unknown>) => {
    const { to } = choose();
    if (!stranger.parley) return;
    const answer = await asking(stranger.parley, to, 1 + random.below(SEQS)).catch((error: unknown) => {
      if (!(error instanceof RequestError)) throw error;
    });
    ledger.gives(observer, `${what} of ${to}`, answer);
  };

  const conversation = '/api/messages/conversations/:peerId' as const;
  const acts: Record<string, () => Promise<void>> = {
    ...Object.fromEntries(Object.keys(commands).map((name) => [name, () => give(name as keyof typeof commands)])),
    async typing() {
      const { to } = choose();
      stranger.parley?.join(to);
      stranger.parley?.typing(to, true);
    },
    conversation: () => ask('the conversation', (parley, peerId) => parley.request('get', conversation, { peerId })),
    history: () =>
      ask('a page', (parley, peerId, seq) =>
        parley.request('get', `${conversation}/messages`, { peerId, ...(random.chance(0.5) && { before: seq }) }),
      ),
    changes: () =>
      ask('the changes', (parley, peerId) =>
        parley.request('get', `${conversation}/changes`, { peerId, epoch: epochOf(crowd) ?? 'any', since: 0 }),
      ),
    search: () =>
      ask('what was found', (parley, peerId) =>
        parley.request('get', '/api/messages/search', { q: random.pick(['Ada', 'Ben']), ...(random.chance(0.5) && { peerId }) }),
      ),
    report: () =>
      ask('a report', (parley, peerId, seq) => parley.request('post', `${conversation}/reports`, { peerId, seq, note: 'look at this' })),
    lists: () => ask('her list', (parley) => parley.request('get', '/api/messages/conversations', {})),
    inbox: () => ask('her inbox', (parley) => parley.request('get', '/api/notifications/inbox', {})),
  };

  const timer = setInterval(() => {
    const act = random.pick(Object.keys(acts));
    done += 1;
    void acts[act]?.().catch((error: unknown) => onFailure(stranger.name, error));
  }, EVERY_MS);
  return { done: () => done, stop: () => clearInterval(timer) };
}

const epochOf = (crowd: Crowd) =>
  crowd
    .devices()
    .flatMap(({ parley }) => parley?.conversations.all() ?? [])
    .find(({ epoch }) => epoch)?.epoch;

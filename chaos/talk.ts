import { newestStretch, type Parley } from '@parley/client-library';
import { conversationIdOf, uuidv7 } from '@parley/common/contracts';
import type { Crowd, Device, Person } from './crowd.ts';
import type { Decisions } from './decisions.ts';
import type { Change } from './deeds.ts';
import type { Ledger } from './ledger.ts';
import type { Random } from './random.ts';

export interface TalkOptions {
  readonly crowd: Crowd;
  readonly ledger: Ledger;
  readonly decisions: Decisions;
  readonly random: Random;
  /** Actions per second, whatever the platform answers. */
  readonly rate: number;
  readonly onFailure: (device: string, error: unknown) => void;
}

const TICK_MS = 5;
const EMOJI = ['👍', '❤️', '😂', '🎉'];
/** How often people do what, of about a hundred things. */
const weights = {
  ...{ send: 66, read: 14, react: 8, edit: 5, remove: 2, typing: 3, twice: 1, reload: 1 },
  ...{ decide: 1, rename: 1, look: 1, search: 1, history: 1 },
} as const;
type Action = keyof typeof weights;
const actions = Object.entries(weights).flatMap(([action, weight]) => Array<Action>(weight).fill(action as Action));

/** Lets the crowd talk in an open loop until it is told to stop; counts what was done. */
export function startTalking({ crowd, ledger, decisions, random, rate, onFailure }: TalkOptions) {
  const counts: Record<string, number> = {};
  let over = false;
  let silent: ReadonlySet<string> = new Set();
  let written = 0;
  let renamed = 0;

  const write = async (device: Device, peer: Person, author = device.name) => {
    const text = `${device.name} ${++written}`;
    const clientId = uuidv7();
    ledger.wrote(author, conversationIdOf(device.person.me.userId, peer.me.userId), clientId, text);
    await device.parley?.outbox.write({ type: 'send', clientId, to: peer.me.userId, content: { kind: 'text', text } });
    return { clientId, text };
  };

  const act: Record<Action, (device: Device, peer: Person) => Promise<unknown>> = {
    send: (device, peer) => write(device, peer),
    async read(device, peer) {
      const held = device.parley?.conversations.get(peer.me.userId);
      if (!held || held.lastSeq === 0 || (held.ranges.at(-1)?.[1] ?? 0) < held.lastSeq) return;
      const { userId } = device.person.me;
      ledger.reads(userId, held.conversationId, held.lastSeq);
      await device.parley?.read(peer.me.userId, held.lastSeq);
      ledger.hasRead(userId, held.conversationId, held.lastSeq);
    },
    async react(device, peer) {
      const message = recent(device, peer);
      const [emoji, set] = [random.pick(EMOJI), random.chance(0.7)];
      if (message)
        await ask(device, peer, message.seq, { type: 'react', emoji, set }, (parley) =>
          parley.react(peer.me.userId, message.seq, emoji, set),
        );
    },
    async edit(device, peer) {
      const mine = recent(device, peer, device.person);
      if (!mine?.content) return;
      const text = `${mine.content.text}, edited`;
      await ask(device, peer, mine.seq, { type: 'edit', text }, (parley) =>
        parley.edit(peer.me.userId, mine.seq, mine.version, { kind: 'text', text }),
      );
    },
    async remove(device, peer) {
      const mine = recent(device, peer, device.person);
      const scope = random.chance(0.5) ? 'everyone' : 'me';
      if (mine) await ask(device, peer, mine.seq, { type: 'delete', scope }, (parley) => parley.remove(peer.me.userId, mine.seq, scope));
    },
    async typing(device, peer) {
      device.parley?.typing(peer.me.userId, true);
    },
    /** The same message from two tabs: one of them had it in its outbox when the other took over. */
    async twice(device, peer) {
      const other = otherOf(device);
      const { clientId, text } = await write(device, peer, `${device.name} and another ${written}`);
      await other?.parley?.outbox.write({ type: 'send', clientId, to: peer.me.userId, content: { kind: 'text', text } });
    },
    async reload(device) {
      if (device.trusting) return;
      await device.stop();
      await device.start();
    },
    async decide({ parley, person }, peer) {
      const peerId = peer.me.userId;
      const answer = await parley?.request('patch', '/api/messages/conversations/:peerId/settings', { peerId, ...random.pick(settings)() });
      if (answer) decisions.decided(person.me.userId, conversationIdOf(person.me.userId, peerId), answer);
    },
    async rename({ parley, person }) {
      const answer = await parley?.request('patch', '/api/users/me', { displayName: `${person.name} the ${++renamed}.` });
      if (answer) decisions.named(answer);
    },
    async look({ name, parley }, peer) {
      const person = await parley?.request('get', '/api/users/:userId', { userId: peer.me.userId });
      if (person) decisions.toldName(name, person);
    },
    async search({ parley, observer }, peer) {
      const found = await parley?.request('get', '/api/messages/search', { q: peer.name });
      if (found) ledger.finds(observer, found.hits);
    },
    async history({ parley }, peer) {
      const first = parley?.conversations.get(peer.me.userId).ranges.at(-1)?.[0];
      if (first && first > 1) await parley?.conversations.read(peer.me.userId, { before: first });
    },
  };

  const yes = () => random.chance(0.5);
  const settings = [
    () => ({ pinned: yes() }),
    () => ({ archived: yes() }),
    () => ({ markedUnread: yes() }),
    () => ({ mutedUntil: yes() ? '2100-01-01T00:00:00.000Z' : null }),
  ];

  /** Does something to a message; its answer is waited for by the ledger. */
  const ask = async (device: Device, peer: Person, seq: number, change: Change, give: (parley: Parley) => Promise<string>) => {
    const askedAt = ledger.now();
    if (!device.parley) return;
    const clientId = await give(device.parley);
    const { userId } = device.person.me;
    const conversationId = conversationIdOf(userId, peer.me.userId);
    ledger.asks({ clientId, device: device.name, userId, conversationId, seq, change, askedAt });
  };

  const otherOf = (device: Device) => device.person.devices.find((one) => one !== device && one.parley);

  const recent = (device: Device, peer: Person, author?: Person) => {
    const held = device.parley?.conversations.get(peer.me.userId);
    const messages = held ? newestStretch(held).slice(-20) : [];
    const fitting = messages.filter(({ senderId, content }) => content && (!author || senderId === author.me.userId));
    return fitting.length > 0 ? random.pick(fitting) : undefined;
  };

  const loop = (async () => {
    const begun = performance.now();
    for (let done = 0; !over; ) {
      const due = Math.floor(((performance.now() - begun) / 1000) * rate);
      for (; done < due; done++) {
        const device = random.pick(crowd.devices());
        const chosen = random.pick(actions);
        if (!device.parley || device.person.peers.length === 0) continue;
        // Whoever has one device alone can not write from two.
        const action = chosen === 'twice' && !otherOf(device) ? 'send' : chosen;
        const peer = random.pick(device.person.peers);
        if (silent.has(conversationIdOf(device.person.me.userId, peer.me.userId))) continue;
        counts[action] = (counts[action] ?? 0) + 1;
        act[action](device, peer).catch((error: unknown) => onFailure(device.name, error));
      }
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
  })();

  return {
    counts,
    /** In these conversations nobody does anything from now on. */
    hush(conversationIds: ReadonlySet<string>) {
      silent = conversationIds;
    },
    async stop() {
      over = true;
      await loop;
    },
  };
}

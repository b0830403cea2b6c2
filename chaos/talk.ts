import { newestStretch } from '@parley/client-library';
import { conversationIdOf, uuidv7 } from '@parley/common/contracts';
import type { Crowd, Device, Person } from './crowd.ts';
import type { Ledger } from './ledger.ts';
import type { Random } from './random.ts';

export interface TalkOptions {
  readonly crowd: Crowd;
  readonly ledger: Ledger;
  readonly random: Random;
  /** Actions per second, whatever the platform answers. */
  readonly rate: number;
  readonly onFailure: (device: string, error: unknown) => void;
}

const TICK_MS = 5;
const EMOJI = ['👍', '❤️', '😂', '🎉'];
/** How often people do what, of a hundred things. */
const weights = { send: 66, read: 14, react: 8, edit: 5, remove: 2, typing: 3, twice: 1, reload: 1 } as const;
type Action = keyof typeof weights;
const actions = Object.entries(weights).flatMap(([action, weight]) => Array<Action>(weight).fill(action as Action));

/** Lets the crowd talk in an open loop until it is told to stop; counts what was done. */
export function startTalking({ crowd, ledger, random, rate, onFailure }: TalkOptions) {
  const counts: Record<string, number> = {};
  let over = false;
  let written = 0;

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
      ledger.reads(device.person.me.userId, held.conversationId, held.lastSeq);
      await device.parley?.read(peer.me.userId, held.lastSeq);
    },
    async react(device, peer) {
      const message = recent(device, peer);
      if (message) await device.parley?.react(peer.me.userId, message.seq, random.pick(EMOJI), random.chance(0.7));
    },
    async edit(device, peer) {
      const mine = recent(device, peer, device.person);
      if (mine?.content)
        await device.parley?.edit(peer.me.userId, mine.seq, mine.version, { kind: 'text', text: `${mine.content.text}, edited` });
    },
    async remove(device, peer) {
      const mine = recent(device, peer, device.person);
      if (mine) await device.parley?.remove(peer.me.userId, mine.seq, random.chance(0.5) ? 'everyone' : 'me');
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
      await device.stop();
      await device.start();
    },
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
        counts[action] = (counts[action] ?? 0) + 1;
        act[action](device, random.pick(device.person.peers)).catch((error: unknown) => onFailure(device.name, error));
      }
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
  })();

  return {
    counts,
    async stop() {
      over = true;
      await loop;
    },
  };
}

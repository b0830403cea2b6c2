import type { Bus, Heard } from '@parley/common/bus';
import { type Message, membersOf, uuidv7 } from '@parley/common/contracts';
import type { TestPlatform } from '@parley/common/testing';

type Sent = Heard<'message.sent'>['data'];

export interface Store {
  /** What arrived, in order. */
  readonly sent: readonly Sent[];
  readonly bus: Bus;
}

/** Says of every message that it is stored, as messages does; keeps nothing beyond the test. */
export async function openStore(platform: TestPlatform, shards: number, own?: Bus): Promise<Store> {
  const { world } = await platform.world('socket-handler');
  const { registry } = world;
  const bus = own ?? world.bus;
  const sent: Sent[] = [];
  const places = new Map<string, number>();
  await bus.hear({
    kind: 'shards',
    queue: 'messages',
    shards,
    names: ['message.sent'],
    async handle(batch) {
      for (const { data } of batch) {
        sent.push(data);
        const members = membersOf(data.senderId, data.peerId);
        const found = await registry.podsOf('socket-handler', members);
        const pods = found === 'every' ? found : [...new Set([...found.values()].flat())];
        const seq = (places.get(data.conversationId) ?? 0) + 1;
        places.set(data.conversationId, seq);
        const update = { conversationId: data.conversationId, epoch: 'test', from: seq - 1, version: seq, messages: [stored(data, seq)] };
        if (pods.length > 0) await bus.publish('message.stored', { members, update }, { to: { group: 'socket-handler', pods } });
      }
    },
  });
  return { sent, bus };
}

const stored = ({ clientId, senderId, content, replyTo }: Sent, seq: number): Message => ({
  id: uuidv7(),
  seq,
  version: seq,
  clientId,
  senderId,
  content,
  replyTo,
  sentAt: new Date().toISOString(),
  editedAt: null,
  deletedAt: null,
  reactions: [],
});

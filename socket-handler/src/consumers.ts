import type { Heard } from '@parley/common/bus';
import { conversationIdOf } from '@parley/common/contracts';
import type { Blocks } from './blocks.ts';
import type { ChatSockets } from './chat.ts';
import type { Relay } from './relay.ts';
import type { Rooms } from './rooms.ts';

/** What is heard by every pod that it concerns. */
export const heard = [
  'message.stored',
  'message.changed',
  'receipt.moved',
  'message.refused',
  'person.typing',
  'person.blocked',
  'person.unblocked',
] as const;

export interface Hearing {
  readonly sockets: ChatSockets;
  readonly relay: Relay;
  readonly rooms: Rooms;
  readonly blocks: Blocks;
}

export const consumers =
  ({ sockets, relay, rooms, blocks }: Hearing) =>
  async (batch: readonly Heard<(typeof heard)[number]>[]) => {
    for (const { name, data } of batch) {
      if (name === 'message.refused') relay.refused(data);
      else if (name === 'person.typing') rooms.show(sockets, data);
      else if (name === 'person.blocked' || name === 'person.unblocked') blocks.moved(conversationIdOf(data.userId, data.peerId));
      else relay.update(data);
    }
  };

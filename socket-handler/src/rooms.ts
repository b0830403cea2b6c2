import type { Bus } from '@parley/common/bus';
import { type ChatDown, type ErrorCode, type EventData, limits, sentences } from '@parley/common/contracts';
import type { Registry } from '@parley/common/registry';
import type { Clock, Logger } from '@parley/common/server';
import type { Blocks } from './blocks.ts';
import { type ChatDevice, type ChatSockets, conversationWith, GROUP } from './chat.ts';

export interface RoomsOptions {
  readonly bus: Bus;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Logger;
  readonly blocks: Pick<Blocks, 'areFree'>;
}

/**
 * Which rooms a device has open, and who types in them. A room is open by the choice of its device alone, and typing is
 * shown only where both have the room open, and never across a block.
 */
export function createRooms({ bus, registry, clock, log, blocks }: RoomsOptions) {
  const complain = (device: ChatDevice, code: ErrorCode) => device.tell<ChatDown>({ type: 'error', code, message: sentences[code] });

  /** Worth nothing later, so it is dropped rather than kept while the bus is away. */
  const publish = async (data: EventData<'person.typing'>) => {
    if (bus.state !== 'up' || !(await blocks.areFree(data.conversationId))) return;
    const found = await registry.podsOf(GROUP, [data.peerId]);
    const pods = found === 'every' ? found : found.get(data.peerId);
    if (pods && pods.length > 0) await bus.publish('person.typing', data, { to: { group: GROUP, pods } });
  };

  const say = (device: ChatDevice, peerId: string, active: boolean) => {
    const { userId } = device;
    publish({ conversationId: conversationWith(device, peerId), userId, peerId, active }).catch((error: unknown) =>
      log.debug({ error }, 'typing was not told'),
    );
  };

  const typing = (device: ChatDevice, peerId: string, active: boolean) => {
    const { state } = device;
    if (!state.rooms?.has(peerId)) return;
    const now = clock.now();
    const last = state.typing?.get(peerId);
    if (active) {
      if (last !== undefined && now - last < limits.typingEvery * 1000) return;
      state.typing ??= new Map();
      state.typing.set(peerId, now);
    } else if (!state.typing?.delete(peerId)) return;
    say(device, peerId, active);
  };

  return {
    typing,
    join(device: ChatDevice, peer: string) {
      const { state, userId } = device;
      if (peer === userId) return complain(device, 'written-to-self');
      state.rooms ??= new Set();
      if (!state.rooms.has(peer) && state.rooms.size >= limits.roomsPerDevice) return complain(device, 'too-many-rooms');
      state.rooms.add(peer);
      device.tell<ChatDown>({ type: 'joined', peer, conversationId: conversationWith(device, peer) });
    },
    leave(device: ChatDevice, peer: string) {
      typing(device, peer, false);
      device.state.rooms?.delete(peer);
    },
    /** Its person stopped typing with it. */
    closed(device: ChatDevice) {
      for (const peer of device.state.typing?.keys() ?? []) typing(device, peer, false);
    },
    /** Heard from the pod of the one who types. */
    show(sockets: ChatSockets, { conversationId, userId, peerId, active }: EventData<'person.typing'>) {
      const text = JSON.stringify({ type: 'typing', conversationId, userId, active } satisfies ChatDown);
      for (const device of sockets.of(peerId)) if (device.state.rooms?.has(userId)) device.hint(text);
    },
  };
}

export type Rooms = ReturnType<typeof createRooms>;

import { type ChatDown, type EventData, hearersOf, isForAllAlike, updateFor } from '@parley/common/contracts';
import type { ChatSockets } from './chat.ts';
import type { Measures } from './measures.ts';

type Outcome = EventData<'message.stored' | 'message.changed' | 'receipt.moved'>;

/**
 * Passes on what is now true, to every device of whom it is told to and to nobody else, whether or not the room is open there:
 * a device that was only told that something changed would have to ask for it before it can say that it has it.
 */
export function createRelay(sockets: ChatSockets, measures: Measures) {
  const pass = (userId: string, text: string) => {
    for (const device of sockets.of(userId)) {
      device.pass(text);
      measures.relayed.inc();
    }
  };

  return {
    update(outcome: Outcome) {
      // Most outcomes are the same for both, and are put into text once.
      const hearers = hearersOf(outcome);
      const shared = isForAllAlike(outcome) ? textOf(outcome, hearers[0] as string) : undefined;
      for (const member of hearers) {
        if (sockets.of(member).length > 0) pass(member, shared ?? textOf(outcome, member));
      }
    },
    /** To the giver's devices alone; those that did not give it don't know the id. */
    refused({ senderId, clientId, code }: EventData<'message.refused'>) {
      if (sockets.of(senderId).length === 0) return;
      pass(senderId, JSON.stringify({ type: 'refused', clientId, code } satisfies ChatDown));
    },
  };
}

export type Relay = ReturnType<typeof createRelay>;

const textOf = (outcome: Outcome, userId: string) =>
  JSON.stringify({ type: 'update', update: updateFor(outcome, userId) } satisfies ChatDown);

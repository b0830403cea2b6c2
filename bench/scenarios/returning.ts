import { uuidv7 } from '@parley/common/contracts';
import { limits } from '@parley/common/contracts/limits';
import { DELIVERED_EVERY_MS, pause } from '../load.ts';
import { deliveredFrame, joinFrame, watchFrame } from '../wire/parley-frames.ts';

/** How a device reaches its Parley. Both go on until they succeed. */
export interface Way {
  /** Resolves when the server has said hello; `hear` is given what comes then. */
  open(path: string, hear: (payload: Buffer) => void): Promise<{ send(text: string): void; close(): void }>;
  ask(path: string): Promise<string>;
}

/** The one conversation that a device has kept. */
export interface Kept {
  readonly userId: string;
  readonly peerId: string;
  readonly epoch: string;
  readonly version: number;
}

/**
 * What the client library does when it comes back, without the library: the generator shares two cores with what it
 * measures. A test holds the two together. `tell` sends the receipt, if there is something to tell, and waits for its answer.
 */
export async function comeBack({ open, ask }: Way, { userId, peerId, epoch, version }: Kept) {
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  const receipt = uuidv7();
  const [chat, notifications] = await Promise.all([
    open('/ws/chat', (payload) => payload.includes(receipt) && answer()).then((line) => {
      line.send(joinFrame(peerId));
      return line;
    }),
    open('/ws/notifications', () => {}).then((line) => {
      line.send(watchFrame);
      return line;
    }),
  ]);
  await ask(`/api/messages/conversations?limit=${limits.page}`);
  const missed = await ask(`/api/messages/conversations/${peerId}/changes?epoch=${epoch}&since=${version}`);
  const { messages, marks } = JSON.parse(missed).update as Update;
  const last = messages.findLast(({ senderId }) => senderId === peerId)?.seq ?? 0;
  return {
    missed,
    async tell() {
      if (last <= (marks[userId]?.delivered ?? 0)) return;
      await pause(DELIVERED_EVERY_MS);
      chat.send(deliveredFrame(receipt, peerId, last));
      await answered;
    },
    close() {
      chat.close();
      notifications.close();
    },
  };
}

interface Update {
  readonly messages: readonly { readonly senderId: string; readonly seq: number }[];
  readonly marks: Readonly<Record<string, { readonly delivered: number }>>;
}

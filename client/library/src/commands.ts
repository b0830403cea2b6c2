import type { Content } from '@parley/common/contracts';
import { uuidv7 } from '@parley/common/contracts/uuid';
import type { Clock } from './clock.ts';
import type { Command, Outbox } from './outbox.ts';

/** What they had before them is their own change that is on its way: what version that will be the store alone can say. */
const MY_OWN = Number.MAX_SAFE_INTEGER;

/** What a person can do in a conversation. Each resolves once it is safe on this device, with its clientId. */
export function createCommands(outbox: Outbox, clock: Clock) {
  const clientId = () => uuidv7(clock.now());
  const write = async <C extends Command>(command: C): Promise<string> => {
    await outbox.write(command);
    return command.clientId;
  };
  const isChanging = (to: string, seq: number) =>
    outbox
      .entries()
      .some(({ command, state }) => command.type === 'edit' && command.to === to && command.seq === seq && state !== 'refused');
  return {
    send: (to: string, content: Content, replyTo?: number) =>
      write({ type: 'send', clientId: clientId(), to, content, ...(replyTo !== undefined && { replyTo }) }),
    edit: (to: string, seq: number, saw: number, content: Content) =>
      write({ type: 'edit', clientId: clientId(), to, seq, saw: isChanging(to, seq) ? MY_OWN : saw, content }),
    remove: (to: string, seq: number, scope: 'everyone' | 'me') => write({ type: 'delete', clientId: clientId(), to, seq, scope }),
    react: (to: string, seq: number, emoji: string, set: boolean) => write({ type: 'react', clientId: clientId(), to, seq, emoji, set }),
    async read(to: string, seq: number) {
      const earlier = outbox.entries().filter(({ command }) => command.type === 'read' && command.to === to);
      if (earlier.some(({ command }) => command.type === 'read' && command.seq >= seq)) return;
      await write({ type: 'read', clientId: clientId(), to, seq });
      // A watermark says all that the earlier ones said.
      outbox.settle(earlier.map(({ command }) => command.clientId));
    },
  };
}

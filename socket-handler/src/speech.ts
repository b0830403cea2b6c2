import { type ChatDown, type ChatUp, sentences } from '@parley/common/contracts';
import type { ChatDevice, Command } from './chat.ts';
import type { Commands } from './commands.ts';
import type { Rooms } from './rooms.ts';

/** What becomes of each frame that a device sends. */
export const speak = ({ rooms, commands }: { rooms: Rooms; commands: Commands }) => ({
  received(device: ChatDevice, frame: ChatUp) {
    switch (frame.type) {
      case 'join':
        return rooms.join(device, frame.peer);
      case 'leave':
        return rooms.leave(device, frame.peer);
      case 'typing':
        return rooms.typing(device, frame.to, frame.active);
      case 'ping':
        return;
      default:
        return commands.give(device, frame);
    }
  },

  limited(device: ChatDevice, frame: ChatUp, retryAfter: number) {
    if (isCommand(frame)) return commands.limit(device, frame, retryAfter);
    if (frame.type === 'typing') return;
    device.tell<ChatDown>({ type: 'error', code: 'rate-limited', message: sentences['rate-limited'], retryAfter });
  },
});

const isCommand = (frame: ChatUp): frame is Command => 'clientId' in frame;

import type { ChatDown, ChatUp, NotificationDown, NotificationUp } from '@parley/common/contracts';
import { closeCodes } from '@parley/common/contracts/errors';
import type { Clock } from './clock.ts';
import { type Connection, type ConnectionState, createConnection, type OpenSocket } from './connection.ts';

export const PROTOCOL = 1;

export type SocketName = 'chat' | 'notifications';

export interface SocketsOptions {
  readonly userId: string;
  readonly open: OpenSocket;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onChat: (frame: ChatDown) => void;
  readonly onNotification: (frame: NotificationDown) => void;
  readonly onHello: (socket: SocketName, serverTime: string) => void;
  /** Time to compare: both are greeted, or the other one does not come. */
  readonly onReturn: () => void;
  readonly onState: (socket: SocketName, state: ConnectionState) => void;
  /** The session is over, or somebody else's. */
  readonly onEnd: () => void;
  readonly prepare: () => Promise<void>;
}

/** So long the socket that is greeted first waits for the other one, so that a return is one comparison and not two. */
export const TOGETHER_WITHIN_MS = 2_000;

/** The two sockets of a device. */
export function createSockets(options: SocketsOptions) {
  const { userId, clock, onState, onHello, onReturn, onEnd } = options;
  let cancel: (() => void) | undefined;
  const returned = () => {
    stopWaiting();
    onReturn();
  };
  const stopWaiting = () => {
    cancel?.();
    cancel = undefined;
  };
  const greeted = (other: ConnectionState) => {
    // From the first greeting on, however often the same socket comes back meanwhile.
    if (other.at === 'connecting' || other.at === 'waiting') cancel ??= clock.after(TOGETHER_WITHIN_MS, returned);
    else returned();
  };
  const connectionTo = <Up extends { type: string }, Down extends { type: string }>(socket: SocketName, onFrame: (frame: Down) => void) =>
    createConnection<Up, Down>({
      ...options,
      path: `/ws/${socket}`,
      protocol: PROTOCOL,
      onFrame,
      onHello(frame) {
        const hello = frame as unknown as { userId: string; serverTime: string };
        // [D8] Somebody else signed in on this browser meanwhile: nothing of the one before may go out as theirs.
        if (hello.userId !== userId) return onEnd();
        onHello(socket, hello.serverTime);
        greeted((socket === 'chat' ? notifications : chat).state);
      },
      onState(state) {
        onState(socket, state);
        if (state.at === 'stopped') stopWaiting();
        // A client that is too old, or broken, waits for a newer one and keeps what it has.
        if (state.at === 'ended' && state.code === closeCodes['session-ended'].code) onEnd();
      },
    });

  const chat: Connection<ChatUp, ChatDown> = connectionTo('chat', options.onChat);
  const notifications: Connection<NotificationUp, NotificationDown> = connectionTo('notifications', options.onNotification);
  return { chat, notifications };
}

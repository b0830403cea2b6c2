import { type ChatUp, conversationIdOf } from '@parley/common/contracts';
import type { Device, Sockets } from '@parley/common/sockets';

export type Said<T extends ChatUp['type']> = Extract<ChatUp, { type: T }>;
/** What is answered by the store, and waits in a device's outbox until then. */
export type Command = Said<'send' | 'edit' | 'delete' | 'react' | 'delivered' | 'read'>;

/** What a chat socket is to this pod beside its person. Empty until the device does something. */
export interface ChatState {
  /** The people whose rooms this device has open. */
  rooms: Set<string> | undefined;
  /** When it last said that it is typing, by the person it types to. */
  typing: Map<string, number> | undefined;
  /** The conversations that it spoke in of late, by the other person. */
  conversations: Map<string, string> | undefined;
  /** Commands that wait for those before them to be safe in the bus. */
  waiting: Command[];
  publishing: boolean;
  /** The command that has to come again before any other is taken. */
  behind: string | undefined;
}

/** The pods of this service, by the name that publishers address them with. */
export const GROUP = 'socket-handler';

export type ChatDevice = Device<ChatState>;
export type ChatSockets = Sockets<ChatState>;

export const beginChat = (): ChatState => ({
  rooms: undefined,
  typing: undefined,
  conversations: undefined,
  waiting: [],
  publishing: false,
  behind: undefined,
});

const REMEMBERED_CONVERSATIONS = 100;

/** Computing the id is two blocks of SHA-256, more than all else that is done for a command: most go where the last one went. */
export function conversationWith({ state, userId }: ChatDevice, peerId: string): string {
  state.conversations ??= new Map();
  const known = state.conversations.get(peerId);
  if (known !== undefined) return known;
  if (state.conversations.size >= REMEMBERED_CONVERSATIONS) state.conversations.clear();
  const conversationId = conversationIdOf(userId, peerId);
  state.conversations.set(peerId, conversationId);
  return conversationId;
}

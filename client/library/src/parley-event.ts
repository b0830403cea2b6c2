import type { Conversation, NotificationDown, Presence } from '@parley/common/contracts';
import type { ConnectionState } from './connection.ts';
import type { Held } from './conversation.ts';
import type { Entry } from './outbox.ts';

/** What a client tells its surroundings. Everything that is shown is told only after it is saved. */
export type ParleyEvent =
  | { readonly kind: 'conversation'; readonly held: Held }
  | { readonly kind: 'list'; readonly conversations: readonly Conversation[] }
  | { readonly kind: 'outbox'; readonly entries: readonly (Entry | undefined)[]; readonly clientIds: readonly string[] }
  | { readonly kind: 'presence'; readonly people: readonly Presence[] }
  | { readonly kind: 'notification'; readonly frame: NotificationDown }
  | { readonly kind: 'typing'; readonly peerId: string; readonly active: boolean }
  | { readonly kind: 'connection'; readonly socket: 'chat' | 'notifications'; readonly state: ConnectionState }
  /** What the server's clock said, and this device's when it heard it. */
  | { readonly kind: 'clock'; readonly serverTime: string; readonly heardAt: number }
  | { readonly kind: 'session-ended' }
  | { readonly kind: 'failure'; readonly error: unknown };

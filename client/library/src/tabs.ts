import type { ChatUp, NotificationUp, Update } from '@parley/common/contracts';
import type { Entry } from './outbox.ts';
import type { ParleyEvent } from './parley-event.ts';
import type { HeldHeader } from './storage/device-store.ts';

/** What the tab that owns the sockets hears, as all of them show it. What a conversation holds is in the store they share. */
export type Heard = Extract<ParleyEvent, { kind: 'list' | 'outbox' | 'presence' | 'notification' | 'typing' | 'connection' | 'clock' }>;

/** What tabs of one browser say to each other. */
export type Said =
  | { readonly kind: 'heard'; readonly event: Heard }
  /** A conversation is in the store as the header says; `update`: by what it got there. */
  | { readonly kind: 'saved'; readonly header: HeldHeader; readonly update: Update | undefined }
  /** Written and in the store: whoever owns the sockets sends it. */
  | { readonly kind: 'written'; readonly entries: readonly Entry[] }
  | { readonly kind: 'dismissed'; readonly clientId: string }
  | { readonly kind: 'up'; readonly up: Up }
  /** Somebody looks: no reason to wait any longer. */
  | { readonly kind: 'wake' }
  /** Tell me how things are. */
  | { readonly kind: 'new' }
  | { readonly kind: 'gone' };

/** A frame for one of the sockets. */
export type Up =
  | { readonly socket: 'chat'; readonly frame: ChatUp }
  | { readonly socket: 'notifications'; readonly frame: Extract<NotificationUp, { type: 'watch' }> };

/** This tab among the tabs of its browser that show the same account. One of them owns the sockets, and the turn may pass. */
export interface Tabs {
  readonly owns: boolean;
  /** Another tab may write into the store, and has to be told. */
  readonly shared: boolean;
  say(said: Said): void;
  start(listener: TabsListener): void;
  stop(): void;
}

export interface TabsListener {
  onSaid(said: Said, from: string): void;
  onTurn(owns: boolean): void;
}

/** Outside of a browser, and where tabs can't hear each other, every client has sockets of its own. */
export const alone = (): Tabs => ({
  owns: true,
  shared: false,
  say: () => {},
  start: ({ onTurn }) => onTurn(true),
  stop: () => {},
});

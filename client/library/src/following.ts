import type { Briefing } from './briefing.ts';
import type { Conversations } from './conversations.ts';
import type { List } from './list.ts';
import type { Outbox } from './outbox.ts';
import type { ParleyEvent } from './parley-event.ts';
import type { DeviceStore } from './storage/device-store.ts';
import type { Heard, Said, Up } from './tabs.ts';
import type { Watching } from './watching.ts';

export interface FollowingOptions {
  readonly conversations: Conversations;
  readonly list: List;
  readonly outbox: Outbox;
  readonly store: DeviceStore;
  readonly briefing: Briefing;
  readonly watching: Watching;
  readonly up: (up: Up, from: string) => void;
  readonly wake: () => void;
  readonly fail: (error: unknown) => void;
  readonly tell: (event: ParleyEvent) => void;
  readonly say: (said: Said) => void;
  readonly leads: () => boolean;
}

/** What becomes of what another tab says: a tab without sockets takes what it is told, the one with them does what it is asked. */
export function createFollowing({
  conversations,
  list,
  outbox,
  store,
  briefing,
  watching,
  up,
  wake,
  fail,
  tell,
  say,
  leads,
}: FollowingOptions) {
  const follow = (event: Heard) => {
    if (event.kind === 'list') list.mirror(event.conversations);
    else if (event.kind === 'outbox') outbox.mirror(event.clientIds, event.entries);
    else tell(event);
  };
  const answer = (said: Exclude<Said, { kind: 'saved' | 'dismissed' | 'heard' }>, from: string) => {
    if (said.kind === 'written') void outbox.take(said.entries);
    else if (said.kind === 'up') up(said.up, from);
    else if (said.kind === 'wake') wake();
    else {
      if (said.kind === 'new') for (const event of briefing.all()) say({ kind: 'heard', event });
      else watching.forget(from);
      // What it wrote while it had the sockets, or as its last word, may not have been told.
      store.entriesAfter(0).then(outbox.adopt, fail);
    }
  };
  return (said: Said, from: string) => {
    if (said.kind === 'saved') conversations.follow(said.header, said.update).catch(fail);
    else if (said.kind === 'dismissed' && leads()) outbox.dismiss(said.clientId);
    else if (said.kind === 'dismissed') outbox.mirror([said.clientId], [undefined]);
    else if (leads()) said.kind !== 'heard' && answer(said, from);
    else if (said.kind === 'heard') follow(said.event);
  };
}

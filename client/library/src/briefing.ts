import type { Presence } from '@parley/common/contracts';
import type { Heard } from './tabs.ts';

/** What was said once, when the sockets opened: a tab that opens later has to be told it too. */
export function createBriefing() {
  const latest = new Map<string, Heard>();
  let present: Map<string, Presence> | undefined;

  return {
    take(event: Heard) {
      if (event.kind === 'connection') latest.set(event.socket, event);
      else if (event.kind === 'clock') latest.set(event.kind, event);
      else if (event.kind === 'notification') {
        const { frame } = event;
        if (frame.type === 'inbox' || frame.type === 'preferences') latest.set(frame.type, event);
        else if (frame.type === 'presence-unknown') present = undefined;
        else if (frame.type === 'presence') {
          if (frame.snapshot) present = new Map();
          for (const presence of frame.people) {
            const known = present?.get(presence.userId);
            if (!known || presence.number >= known.number) present?.set(presence.userId, presence);
          }
        }
      }
    },
    all(): readonly Heard[] {
      if (!present) return [...latest.values()];
      const people = [...present.values()];
      return [...latest.values(), { kind: 'notification', frame: { type: 'presence', people, snapshot: true } }];
    },
  };
}

export type Briefing = ReturnType<typeof createBriefing>;

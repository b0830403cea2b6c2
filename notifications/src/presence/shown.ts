import type { Presence } from '@parley/common/contracts';
import { maySee, type Observer } from './audience.ts';
import type { PresenceRecord } from './records.ts';

/** Somebody whom one knows nothing of, and how whoever blocked them, or was blocked by them, looks: long gone. */
const unseen = (userId: string): Presence => ({ userId, state: 'offline', lastSeenAt: null, number: 0 });

/** What one is shown of another. The times are shown only between two who both show theirs. */
export const shownTo = (observer: Observer, userId: string, record: PresenceRecord | undefined): Presence => {
  if (!record || !maySee(observer, userId)) return unseen(userId);
  const { number, online, seenAt, hidesLastSeen } = record;
  const lastSeenAt = observer.showLastSeen && !hidesLastSeen ? seenAt.toISOString() : null;
  return { userId, state: online ? 'online' : 'offline', lastSeenAt, number };
};

/** What overwrites, once, what a device still shows. Its number moves no more after it, so that nothing can be read from it. */
export const hidden = (userId: string, record: PresenceRecord | undefined): Presence => ({
  ...unseen(userId),
  number: record?.number ?? 0,
});

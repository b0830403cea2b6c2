import { type EventData, hearersOf, type MarksByUser, type Notice, type NotificationDown, updateFor } from '@parley/common/contracts';
import type { z } from 'zod';

type Outcome = EventData<'message.stored' | 'message.changed' | 'receipt.moved'>;
type Marks = z.infer<typeof MarksByUser>;

/** What one of the two is told of an outcome; nothing when nothing is to be told to them. */
export function noticeOf(outcome: Outcome, userId: string): Notice | undefined {
  const list = outcome.lists?.[userId];
  if (!list) return undefined;
  const [one, other] = outcome.members;
  const { conversationId, epoch, version, marks } = updateFor(outcome, userId);
  return {
    conversationId,
    peerId: userId === one ? other : one,
    epoch,
    version,
    ...list,
    ...(marks && { marks }),
  };
}

/** Of two notices of one conversation what the later one alone would not say. */
export function merged(earlier: Notice, later: Notice): Notice {
  const [first, last] = earlier.epoch === later.epoch && earlier.version > later.version ? [later, earlier] : [earlier, later];
  const preview = last.preview === undefined ? first.preview : last.preview;
  const marks = mergedMarks(first.marks, last.marks);
  return {
    ...last,
    ...(preview !== undefined && { preview }),
    ...(marks && { marks }),
    notify: first.notify || last.notify,
  };
}

/** Marks only grow. */
function mergedMarks(one: Marks | undefined, other: Marks | undefined): Marks | undefined {
  if (!one || !other) return one ?? other;
  const marks = { ...one };
  for (const [userId, { delivered, read }] of Object.entries(other)) {
    const known = marks[userId];
    marks[userId] = { delivered: Math.max(delivered, known?.delivered ?? 0), read: Math.max(read, known?.read ?? 0) };
  }
  return marks;
}

export interface NoticesOptions {
  readonly now: () => number;
  readonly devicesOf: (userId: string) => readonly { pass(text: string): void }[];
  /** Milliseconds since 1970. */
  readonly doNotDisturbUntil: (userId: string) => number;
  /** Told of each that deserves to be noticed. */
  readonly onNoticed: (person: { readonly userId: string; readonly peerId: string; readonly seq: number }) => void;
}

/** Tells both people of a conversation, and nobody else, that it moved: one notice for each conversation and batch, put into text once a person. */
export function createNotices({ now, devicesOf, doNotDisturbUntil, onNoticed }: NoticesOptions) {
  const told = (userId: string, notice: Notice) => {
    const quiet = notice.notify && doNotDisturbUntil(userId) > now();
    if (notice.notify && !quiet) onNoticed({ userId, peerId: notice.peerId, seq: notice.lastSeq });
    return JSON.stringify({ type: 'notice', notice: quiet ? { ...notice, notify: false } : notice } satisfies NotificationDown);
  };
  return (outcomes: readonly Outcome[]) => {
    const byPerson = new Map<string, Map<string, Notice>>();
    for (const outcome of outcomes) {
      for (const userId of hearersOf(outcome)) {
        if (devicesOf(userId).length === 0) continue;
        const notice = noticeOf(outcome, userId);
        if (!notice) continue;
        const notices = byPerson.get(userId) ?? new Map<string, Notice>();
        byPerson.set(userId, notices);
        const earlier = notices.get(notice.conversationId);
        notices.set(notice.conversationId, earlier ? merged(earlier, notice) : notice);
      }
    }
    for (const [userId, notices] of byPerson) {
      const texts = [...notices.values()].map((notice) => told(userId, notice));
      for (const device of devicesOf(userId)) for (const text of texts) device.pass(text);
    }
  };
}

import { type EventData, hearersOf, type MarksByUser, type Notice, type NotificationDown, updateFor } from '@parley/common/contracts';
import type { Clock } from '@parley/common/server';
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
  readonly clock: Clock;
  readonly devicesOf: (userId: string) => readonly { pass(text: string): void }[];
  /** Milliseconds since 1970. */
  readonly doNotDisturbUntil: (userId: string) => number;
  /** Told of each that deserves to be noticed. */
  readonly onNoticed: (person: { readonly userId: string; readonly peerId: string; readonly seq: number }) => void;
}

/** By conversation. */
type Waiting = Map<string, Notice>;

/**
 * A person is told at once, and then once in a rest of ten turns what moved meanwhile, just as their own devices tell what they have. Turns are
 * counted, for a clock that is set back must not make a rest longer.
 */
const TURN_MS = 25;
const REST_TURNS = 10;

/** Tells both people of a conversation, and nobody else, that it moved: one notice for each conversation, put into text once a person. */
export function createNotices({ clock, devicesOf, doNotDisturbUntil, onNoticed }: NoticesOptions) {
  const closing = new AbortController();
  /** Whoever was told a moment ago, the longest ago first, until which turn, and what they will be told then. */
  const resting = new Map<string, { readonly until: number; readonly waiting: Waiting }>();
  let turns = 0;
  let turning = false;

  const told = (userId: string, notice: Notice) => {
    const quiet = notice.notify && doNotDisturbUntil(userId) > clock.now();
    if (notice.notify && !quiet) onNoticed({ userId, peerId: notice.peerId, seq: notice.lastSeq });
    return JSON.stringify({ type: 'notice', notice: quiet ? { ...notice, notify: false } : notice } satisfies NotificationDown);
  };

  const tell = (userId: string, waiting: Waiting) => {
    const devices = devicesOf(userId);
    if (devices.length === 0) return;
    const texts = [...waiting.values()].map((notice) => told(userId, notice));
    for (const device of devices) for (const text of texts) device.pass(text);
    resting.set(userId, { until: turns + REST_TURNS, waiting: new Map() });
    if (!turning) void turn();
  };

  const turn = async () => {
    turning = true;
    while (resting.size > 0 && !closing.signal.aborted) {
      await clock.sleep(TURN_MS, closing.signal);
      turns += 1;
      tellRested();
    }
    turning = false;
  };

  const tellRested = () => {
    for (const [userId, { until, waiting }] of resting) {
      if (until > turns) return;
      resting.delete(userId);
      if (waiting.size > 0) tell(userId, waiting);
    }
  };

  const add = (waiting: Waiting, notice: Notice) => {
    const earlier = waiting.get(notice.conversationId);
    waiting.set(notice.conversationId, earlier ? merged(earlier, notice) : notice);
  };

  return {
    tell(outcomes: readonly Outcome[]) {
      const now = new Map<string, Waiting>();
      for (const outcome of outcomes) {
        for (const userId of hearersOf(outcome)) {
          if (devicesOf(userId).length === 0) continue;
          const notice = noticeOf(outcome, userId);
          if (!notice) continue;
          const waiting = resting.get(userId)?.waiting ?? now.get(userId) ?? new Map<string, Notice>();
          if (!resting.has(userId)) now.set(userId, waiting);
          add(waiting, notice);
        }
      }
      for (const [userId, waiting] of now) tell(userId, waiting);
    },
    /** What waits is left to those devices' next connection, which compares. */
    [Symbol.dispose]: () => closing.abort(),
  };
}

export type Notices = ReturnType<typeof createNotices>;

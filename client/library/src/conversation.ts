import type { Marks, Message, Page, Update } from '@parley/common/contracts';
import { addRange, type Range, type Ranges } from './ranges.ts';

/**
 * What a device holds of one conversation. Everything it holds is true as of `version`; what it does not hold it does
 * not know. Reducers are pure: snapshots, pages and updates in any order end in the same state.
 */
export interface Held {
  readonly conversationId: string;
  readonly peerId: string;
  /** Null: nothing is held yet, so that the first page decides. */
  readonly epoch: string | null;
  readonly version: number;
  readonly lastSeq: number;
  /** The last seq as of `version`: what an update brings beyond it follows without a hole. */
  readonly reach: number;
  /** The newest message of the other person: what is left to acknowledge. */
  readonly lastPeerSeq: number;
  /** By seq. Also rows outside `ranges`, so that a page which was read earlier and comes later can't bring an old row back. */
  readonly messages: ReadonlyMap<number, Message>;
  readonly ranges: Ranges;
  readonly hidden: ReadonlySet<number>;
  readonly marks: Readonly<Record<string, Marks>>;
}

export const emptyHeld = (conversationId: string, peerId: string): Held => ({
  conversationId,
  peerId,
  epoch: null,
  version: 0,
  lastSeq: 0,
  reach: 0,
  lastPeerSeq: 0,
  messages: new Map(),
  ranges: [],
  hidden: new Set(),
  marks: {},
});

/** `known`: nothing new. `gap`: something before it is missing. `epoch`: the numbers count anew, drop and read again. */
export type Applied = 'applied' | 'known' | 'gap' | 'epoch';

/** [D4] An update that continues what is held is taken; one that skips something is not, and says so. */
export function applyUpdate(held: Held, update: Update): { held: Held; applied: Applied } {
  if (held.epoch !== null && held.epoch !== update.epoch) return { held, applied: 'epoch' };
  if (update.from > held.version) return { held, applied: 'gap' };
  if (update.version <= held.version && held.epoch !== null) return { held, applied: 'known' };
  const next = withRows(held, update.messages, update.hidden ?? []);
  const reach = Math.max(held.reach, ...update.messages.map(({ seq }) => seq));
  return {
    held: {
      ...next,
      epoch: update.epoch,
      version: update.version,
      lastSeq: Math.max(held.lastSeq, reach),
      reach,
      // A place in between that did not come was withheld from this person: there is nothing to hold.
      ranges: addRange(held.ranges, [held.reach + 1, reach]),
      marks: mergeMarks(held.marks, update.marks),
    },
    applied: 'applied',
  };
}

/** A page of the history. Its rows may be newer or older than what is held: of two copies of a row the later version wins. */
export function applyPage(held: Held, page: Page): { held: Held; behind: boolean } {
  if (held.epoch !== null && held.epoch !== page.epoch) return applyPage(emptyHeld(held.conversationId, held.peerId), page);
  const first = held.epoch === null;
  const next = withRows(held, page.messages, page.hidden);
  const stretch = stretchOf(page);
  return {
    held: {
      ...next,
      epoch: page.epoch,
      // The first page says what everything held is complete to; a later one only what itself is complete to.
      version: first ? page.version : held.version,
      lastSeq: Math.max(held.lastSeq, page.lastSeq),
      reach: first ? page.lastSeq : held.reach,
      ranges: stretch ? addRange(held.ranges, stretch) : held.ranges,
      marks: mergeMarks(held.marks, page.marks),
    },
    behind: !first && page.version > held.version,
  };
}

/** What a list entry or a notice says: enough to know that something is missing. */
export const isBehind = (held: Held, seen: { epoch: string; version: number }) =>
  held.epoch !== null && (held.epoch !== seen.epoch || held.version < seen.version);

/** The messages that are held without a hole up to the newest, in order; what a person sees at the end of the conversation. */
export function newestStretch(held: Held): Message[] {
  const last = held.ranges.at(-1);
  if (!last || last[1] < held.lastSeq) return [];
  return stretchMessages(held, last[0], last[1]);
}

export function stretchMessages(held: Held, first: number, last: number): Message[] {
  const shown: Message[] = [];
  for (let seq = first; seq <= last; seq++) {
    const message = held.messages.get(seq);
    if (message && !held.hidden.has(seq)) shown.push(message);
  }
  return shown;
}

/** Rows from this device's store: true as of what is held, or already further. */
export function applyStretch(held: Held, messages: readonly Message[], range: Range): Held {
  return { ...withRows(held, messages, []), ranges: addRange(held.ranges, range) };
}

/** The seqs a page covers: also those of rows that this person may not see, which are skipped within it. */
export function stretchOf(page: Page): Range | undefined {
  const seqs = [...page.messages.map(({ seq }) => seq), ...page.hidden];
  const first = page.hasBefore ? Math.min(...seqs) : 1;
  const last = page.hasAfter ? Math.max(...seqs) : page.lastSeq;
  return Number.isFinite(first) && Number.isFinite(last) && first <= last ? [first, last] : undefined;
}

/** Of two copies of a row the one of the later version stands. */
function withRows(held: Held, rows: readonly Message[], hidden: readonly number[]): Held {
  if (rows.length === 0 && hidden.length === 0) return held;
  const messages = new Map(held.messages);
  let { lastPeerSeq } = held;
  for (const row of rows) {
    const known = messages.get(row.seq);
    if (!known || known.version < row.version) messages.set(row.seq, row);
    if (row.senderId === held.peerId) lastPeerSeq = Math.max(lastPeerSeq, row.seq);
  }
  return { ...held, messages, lastPeerSeq, hidden: hidden.length > 0 ? held.hidden.union(new Set(hidden)) : held.hidden };
}

/** Marks only grow, whatever order they come in. */
export function mergeMarks(held: Held['marks'], marks: Held['marks'] | undefined): Held['marks'] {
  if (!marks) return held;
  const merged = { ...held };
  for (const [userId, { delivered, read }] of Object.entries(marks)) {
    const before = merged[userId];
    merged[userId] = { delivered: Math.max(before?.delivered ?? 0, delivered), read: Math.max(before?.read ?? 0, read) };
  }
  return merged;
}

/** The first seq held without a hole up to the newest, when messages between `mark` and it are not held. */
export function unsavedBefore(held: Omit<Held, 'messages'>, mark: number): number | undefined {
  const last = held.ranges.at(-1);
  if (!last || last[1] < held.lastSeq || last[0] <= mark + 1) return undefined;
  return last[0];
}

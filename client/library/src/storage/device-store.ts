import type { Conversation, Message } from '@parley/common/contracts';
import { type Held, mergeMarks } from '../conversation.ts';
import type { Entry, OutboxStore } from '../outbox.ts';
import { addRange, type Place, type Range, type Ranges } from '../ranges.ts';

/** A conversation as a device keeps it, without its rows; `ranges` are the rows that are in the store. */
export type HeldHeader = Omit<Held, 'messages'>;

/** A part of what is kept of a conversation; `range`: undefined when nothing is kept there. */
export interface Stretch {
  readonly header: HeldHeader;
  readonly range: Range | undefined;
  readonly messages: readonly Message[];
}

/**
 * What a device keeps of one account, across reloads: IndexedDB, a file, or memory. Whatever one call says is kept as a
 * whole or not at all, so that a version is never saved without the rows that belong to it. Tabs share a store: what
 * they save is laid over what is there, and of two copies of a row, or two headers of one epoch, the further one stays.
 */
export interface DeviceStore extends OutboxStore {
  load(): Promise<Kept>;
  /** Header and rows in one snapshot; undefined: nothing is kept of this conversation. */
  loadStretch(conversationId: string, place: Place, limit: number): Promise<Stretch | undefined>;
  /** `covered`: places of which every row that there is has now been brought. Answers with the header as it is kept then. */
  saveHeld(header: HeldHeader, changed: readonly Message[], covered: Ranges): Promise<HeldHeader>;
  /** Replaces everything held of one conversation. */
  replaceHeld(header: HeldHeader, messages: readonly Message[], covered: Ranges): Promise<HeldHeader>;
  saveList(conversations: readonly Conversation[]): Promise<void>;
  /** Kept messages whose text has all these words, the newest first; in one conversation or in all of them. */
  find(words: readonly string[], limit: number, conversationId?: string): Promise<readonly FoundMessage[]>;
  /** Somebody looks at it: what is looked at least goes first when there is too much. */
  used(conversationId: string, at: number): Promise<void>;
  /** Everything of this account, gone; `keepUnsent`: all but the messages that were written and never sent. */
  erase(options?: { keepUnsent: boolean }): Promise<void>;
}

export interface Kept {
  readonly entries: readonly Entry[];
  readonly held: readonly HeldHeader[];
  readonly list: readonly Conversation[];
}

export interface FoundMessage {
  readonly conversationId: string;
  readonly message: Message;
}

/** Whether what is kept has gone past what is to be saved. */
export const isPast = (kept: HeldHeader | undefined, header: HeldHeader) =>
  kept !== undefined && kept.epoch === header.epoch && kept.version > header.version;

/** Saved late by a tab that does not know yet that the numbers count anew: nothing of it stands. */
export const isBygone = (kept: HeldHeader | undefined, header: HeldHeader) => kept !== undefined && kept.epoch !== header.epoch;

/** What one tab saves, laid over what is kept of the same epoch. Which rows are there, the store alone can say. */
export function mergeHeaders(kept: HeldHeader | undefined, header: HeldHeader, covered: Ranges): HeldHeader {
  if (!kept) return { ...header, ranges: withRanges([], covered) };
  return {
    ...(isPast(kept, header) ? kept : header),
    lastSeq: Math.max(kept.lastSeq, header.lastSeq),
    lastPeerSeq: Math.max(kept.lastPeerSeq, header.lastPeerSeq),
    hidden: kept.hidden.union(header.hidden),
    marks: mergeMarks(kept.marks, header.marks),
    ranges: withRanges(kept.ranges, covered),
  };
}

const withRanges = (ranges: Ranges, covered: Ranges) => covered.reduce(addRange, ranges);

export const isUnsent = ({ command }: Entry) => command.type === 'send';

/** Whether every word is in a text, however it is written in capitals. */
export function hasWords({ content }: Message, words: readonly string[]): boolean {
  const text = content?.text.toLocaleLowerCase();
  return text !== undefined && words.length > 0 && words.every((word) => text.includes(word.toLocaleLowerCase()));
}

import { type Entry, type Held, newestStretch } from '@parley/client-library';
import type { Content, ErrorCode, Marks, Message } from '@parley/common/contracts';
import type { Progress } from '../../ui/ticks.tsx';
import { isStored, type Line } from './timeline.ts';

export interface ShownReaction {
  readonly emoji: string;
  readonly count: number;
  readonly mine: boolean;
}

/** A message as its bubble shows it: what the store says, with what I did to it since on top. */
export interface BubbleView {
  readonly clientId: string;
  /** Undefined while it is on its way. */
  readonly seq: number | undefined;
  readonly version: number;
  readonly mine: boolean;
  /** Null: deleted. */
  readonly text: string | null;
  readonly replyTo: number | undefined;
  /** By the server's clock. */
  readonly at: number;
  readonly edited: boolean;
  readonly reactions: readonly ShownReaction[];
  /** Of mine alone. */
  readonly progress: Progress | undefined;
  /** Why it was not taken. */
  readonly code: ErrorCode | undefined;
}

export interface Surroundings {
  readonly me: string;
  /** How far the other person is, as far as they let me see. */
  readonly peerMarks: Marks | undefined;
  readonly skew: number;
  /** What I did to stored messages and is not answered yet, by seq. */
  readonly changes: ReadonlyMap<number, readonly Entry[]>;
}

/** What I did to stored messages, by their place. A refused change is no more. */
export function changesOf(entries: readonly Entry[]): ReadonlyMap<number, readonly Entry[]> {
  const bySeq = new Map<number, Entry[]>();
  for (const entry of entries) {
    const { command, state } = entry;
    if (state === 'refused' || (command.type !== 'edit' && command.type !== 'delete' && command.type !== 'react')) continue;
    bySeq.set(command.seq, [...(bySeq.get(command.seq) ?? []), entry]);
  }
  return bySeq;
}

/** What I wrote last that can still be changed. */
export function lastOfMine(held: Held | undefined, entries: readonly Entry[], me: string): BubbleView | undefined {
  const around = { me, peerMarks: undefined, skew: 0, changes: changesOf(entries) };
  const views = (held ? newestStretch(held) : []).filter(({ senderId }) => senderId === me).map((message) => bubbleView(message, around));
  return views.findLast(({ text }) => text !== null);
}

export const bubbleView = (line: Line, around: Surroundings): BubbleView =>
  isStored(line) ? storedView(line, around) : entryView(line, around);

function entryView({ command, writtenAt, state, code }: Exclude<Line, Message>, { skew }: Surroundings): BubbleView {
  return {
    clientId: command.clientId,
    seq: undefined,
    version: 0,
    mine: true,
    text: textOf(command.content),
    replyTo: command.replyTo,
    at: writtenAt + skew,
    edited: false,
    reactions: [],
    progress: state === 'refused' ? 'failed' : 'sending',
    code,
  };
}

function storedView(message: Message, { me, peerMarks, changes }: Surroundings): BubbleView {
  const { clientId, seq, version, senderId, content, replyTo, sentAt, editedAt } = message;
  const mine = senderId === me;
  const pending = changes.get(seq) ?? [];
  const edit = pending.findLast(({ command }) => command.type === 'edit')?.command;
  const isDeleted = content === null || pending.some(({ command }) => command.type === 'delete');
  const progress = progressOf(seq, peerMarks);
  return {
    clientId,
    seq,
    version,
    mine,
    text: isDeleted ? null : textOf(edit?.type === 'edit' ? edit.content : content),
    replyTo: replyTo ?? undefined,
    at: Date.parse(sentAt),
    edited: !isDeleted && (editedAt !== null || edit !== undefined),
    reactions: isDeleted ? [] : reactionsOf(message, me, pending),
    progress: mine && !isDeleted ? (edit ? 'sending' : progress) : undefined,
    code: undefined,
  };
}

export function progressOf(seq: number, peerMarks: Marks | undefined): Progress {
  if (!peerMarks || seq > Math.max(peerMarks.delivered, peerMarks.read)) return 'sent';
  return seq > peerMarks.read ? 'delivered' : 'read';
}

const textOf = (content: Content) => content.text;

/** Set and unset on top of what is stored, in the order in which people began with them. */
function reactionsOf({ reactions }: Message, me: string, pending: readonly Entry[]): ShownReaction[] {
  const mine = new Set(reactions.filter(({ userId }) => userId === me).map(({ emoji }) => emoji));
  for (const { command } of pending) {
    if (command.type !== 'react') continue;
    if (command.set) mine.add(command.emoji);
    else mine.delete(command.emoji);
  }
  const theirs = reactions.filter(({ userId }) => userId !== me).map(({ emoji }) => emoji);
  const shown = new Set([...reactions.map(({ emoji }) => emoji), ...mine]);
  return [...shown]
    .map((emoji) => ({ emoji, mine: mine.has(emoji), count: theirs.filter((one) => one === emoji).length + Number(mine.has(emoji)) }))
    .filter(({ count }) => count > 0);
}

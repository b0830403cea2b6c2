import { type Entry, type Held, stretchMessages } from '@parley/client-library';
import type { Message } from '@parley/common/contracts';

export type SendEntry = Entry & { readonly command: Extract<Entry['command'], { type: 'send' }> };
/** One place in a conversation as it is shown: a message that is stored, or one of mine on its way. */
export type Line = Message | SendEntry;

/** A stretch of a conversation without a hole, and whether there is more on either side of it. */
export interface Timeline {
  readonly lines: readonly Line[];
  readonly first: number;
  readonly last: number;
  readonly hasBefore: boolean;
  readonly hasAfter: boolean;
}

export const isStored = (line: Line): line is Message => 'seq' in line;
export const clientIdOf = (line: Line) => (isStored(line) ? line.clientId : line.command.clientId);
const isSend = (entry: Entry): entry is SendEntry => entry.command.type === 'send';

const nothing: Timeline = { lines: [], first: 1, last: 0, hasBefore: false, hasAfter: false };

/** The stretch that holds a place, or the newest one; what I wrote last stands at the end of the newest. */
export function timelineOf(held: Held | undefined, entries: readonly Entry[], place?: number): Timeline {
  const sends = entries.filter(isSend);
  const range = held && rangeOf(held, place);
  if (!held || !range) return { ...nothing, lines: sends };
  const [first, last] = range;
  const messages = stretchMessages(held, first, last);
  const hasAfter = last < held.lastSeq;
  const lines = hasAfter ? messages : [...messages, ...notAmong(messages, sends)];
  return { lines, first, last, hasBefore: first > 1, hasAfter };
}

function rangeOf({ ranges, messages }: Held, place: number | undefined) {
  const holding = place === undefined ? undefined : ranges.find(([first, last]) => first <= place && place <= last);
  // What an earlier run kept may not be in memory yet: a range without its rows is not shown.
  return messages.size > 0 ? (holding ?? ranges.at(-1)) : undefined;
}

/** At the moment when a message is stored it is a row already and an entry still. */
function notAmong(messages: readonly Message[], sends: readonly SendEntry[]): readonly SendEntry[] {
  if (sends.length === 0) return sends;
  const waiting = new Set(sends.map(({ command }) => command.clientId));
  for (let index = messages.length - 1, left = 500; index >= 0 && left > 0; index--, left--) {
    waiting.delete((messages[index] as Message).clientId);
  }
  return sends.filter(({ command }) => waiting.has(command.clientId));
}

/** The last message of theirs up to a row. */
export function seenOf({ lines }: Timeline, end: number | undefined, me: string): number {
  for (let index = Math.min(end ?? -1, lines.length - 1); index >= 0; index--) {
    const line = lines[index] as Line;
    if (isStored(line) && line.senderId !== me) return line.seq;
  }
  return 0;
}

/** How many of theirs in this stretch are not read yet. */
export function newOf({ lines }: Timeline, held: Held | undefined, me: string): number {
  const read = held?.marks[me]?.read ?? 0;
  let count = 0;
  for (let index = lines.length - 1; index >= 0; index--) {
    const line = lines[index] as Line;
    if (!isStored(line)) continue;
    if (line.seq <= read) break;
    if (line.senderId !== me && line.content) count++;
  }
  return count;
}

import type { Entry, Held } from '@parley/client-library';
import type { Conversation, Message } from '@parley/common/contracts';
import type { Attempt, Ledger } from './ledger.ts';
import type { StoredConversation, StoredMessage, StoredRow } from './truth.ts';

/** What one device holds in the end. */
export interface Holding {
  readonly device: string;
  readonly userId: string;
  readonly held: readonly Held[];
  readonly list: readonly Conversation[];
}

/** [D7] In the end no device waits for an answer any more, whatever it was that it asked for. */
export function judgeOutbox(ledger: Ledger, device: string, entries: readonly Entry[] | undefined) {
  if (!entries) return void ledger.violate('never answered', `${device} does not run in the end`);
  for (const { command, state } of entries)
    if (state !== 'refused')
      ledger.violate('never answered', `${command.type} ${command.clientId} is still ${state} in the outbox of ${device}`, [
        command.clientId,
      ]);
}

/** Holds what was written against what is stored. */
export function judgeStore(
  ledger: Ledger,
  { messages, conversations }: { messages: readonly StoredMessage[]; conversations: readonly StoredConversation[] },
) {
  const byClientId = Map.groupBy(messages, ({ clientId }) => clientId);
  for (const attempt of ledger.attempts.values()) judgeAttempt(ledger, attempt, byClientId.get(attempt.clientId) ?? []);
  for (const { clientId, conversationId, seq } of messages)
    if (!ledger.attempts.has(clientId))
      ledger.violate('not as stored', `nobody wrote what is stored at ${conversationId} ${seq}`, [clientId]);

  const byConversation = Map.groupBy(messages, ({ conversationId }) => conversationId);
  for (const { conversationId, lastSeq } of conversations) {
    const rows = byConversation.get(conversationId) ?? [];
    rows.forEach(({ seq }, index) => {
      if (seq !== index + 1) ledger.violate('out of order', `${conversationId} has no seq ${index + 1}`);
    });
    if (rows.length !== lastSeq) ledger.violate('out of order', `${conversationId} counts ${lastSeq} and has ${rows.length} messages`);
    judgeOrder(ledger, rows);
  }
}

function judgeAttempt(ledger: Ledger, { clientId, conversationId, ticked, refused, device }: Attempt, rows: readonly StoredMessage[]) {
  const [row] = rows;
  if (rows.length > 1) ledger.violate('doubled', `${clientId} is stored ${rows.length} times`, [clientId]);
  if (!row && refused === undefined)
    ledger.violate('lost', `what ${device} wrote as ${clientId} into ${conversationId} is not stored`, [clientId]);
  if (refused !== undefined) ledger.violate('lost', `what ${device} wrote as ${clientId} was refused: ${refused}`, [clientId]);
  if (!ticked && refused === undefined) ledger.violate('never answered', `${device} never saw a tick of ${clientId}`, [clientId]);
  if (row && row.conversationId !== conversationId)
    ledger.violate('seen by a third', `${clientId} was written into ${conversationId} and is stored in ${row.conversationId}`, [clientId]);
  if (row && ticked && (row.seq !== ticked.seq || row.id !== ticked.id))
    ledger.violate('ticked, not stored', `${clientId} was ticked at seq ${ticked.seq} and is stored at ${row.seq}`, [clientId]);
}

/** Messages of one device stand in the order it wrote them. */
function judgeOrder(ledger: Ledger, rows: readonly StoredMessage[]) {
  const last = new Map<string, Attempt>();
  for (const { clientId, conversationId, seq } of rows) {
    const attempt = ledger.attempts.get(clientId);
    if (!attempt) continue;
    const before = last.get(attempt.device);
    if (before && numberOf(before.text) > numberOf(attempt.text))
      ledger.violate('out of order', `${attempt.device} wrote seq ${seq} of ${conversationId} before what stands before it`, [
        clientId,
        before.clientId,
      ]);
    last.set(attempt.device, attempt);
  }
}

/** Texts end with a number that only grows. */
const numberOf = (text: string) => Number(text.slice(text.lastIndexOf(' ') + 1));

/** Holds what a device holds against what a new device of the same person is given. */
export function judgeDevice(ledger: Ledger, old: Holding, fresh: Holding) {
  for (const { type, entry } of differences(old, fresh)) ledger.violate(type, `${old.device}: ${entry}`);
}

/** Whether both hold the same, for who waits until they do. */
export const agrees = (old: Holding, fresh: Holding): boolean => differences(old, fresh).length === 0;

export function differences(old: Holding, fresh: Holding): { type: 'not as stored' | 'unread wrong'; entry: string }[] {
  const found: { type: 'not as stored' | 'unread wrong'; entry: string }[] = [];
  const lists = new Map(old.list.map((line) => [line.conversationId, line]));
  for (const line of fresh.list) {
    const mine = lists.get(line.conversationId);
    if (mine?.unread !== line.unread)
      found.push({ type: 'unread wrong', entry: `unread of ${line.conversationId} is ${mine?.unread} instead of ${line.unread}` });
    if (!mine || canonical({ ...mine, unread: 0 }) !== canonical({ ...line, unread: 0 }))
      found.push({
        type: 'not as stored',
        entry: `the list line of ${line.conversationId} is ${canonical(mine)} instead of ${canonical(line)}`,
      });
  }
  const holdings = new Map(old.held.map((held) => [held.conversationId, held]));
  const listed = new Set(fresh.list.map(({ conversationId }) => conversationId));
  for (const { conversationId } of old.list)
    if (!listed.has(conversationId)) found.push({ type: 'not as stored', entry: `the list has ${conversationId}, which is not there` });
  for (const held of fresh.held) {
    const mine = holdings.get(held.conversationId);
    const [known, given] = [mine && standing(mine), standing(held)];
    if (known !== given) found.push({ type: 'not as stored', entry: `${held.conversationId} stands at ${known} instead of ${given}` });
    const seqs = new Set([...held.messages.keys(), ...(mine?.messages.keys() ?? [])]);
    for (const seq of seqs) {
      const [known, row] = [shownAt(mine, seq), shownAt(held, seq)];
      const place = `seq ${seq} of ${held.conversationId}`;
      if (known && row && canonical(known) !== canonical(row))
        found.push({ type: 'not as stored', entry: `${place} is ${canonical(known)} instead of ${canonical(row)}` });
      if (!known && row && covered(mine, seq)) found.push({ type: 'not as stored', entry: `${place} is missing` });
      if (known && !row && covered(held, seq)) found.push({ type: 'not as stored', entry: `${place} is shown, and should not be` });
    }
  }
  return found;
}

const standing = ({ version, lastSeq, marks }: Held) => canonical({ version, lastSeq, marks: moved(marks) });

/** What devices of the two hold differently of their conversation: each of the two counts versions, and hides messages, for themselves. */
export function apart(one: Held, other: Held): string | undefined {
  const stands = ({ lastSeq, marks }: Held) => canonical({ lastSeq, marks: moved(marks) });
  if (stands(one) !== stands(other)) return `stands at ${stands(one)} and at ${stands(other)}`;
  const rows = (held: Held, seq: number) => [shownAt(held, seq)].flatMap((row) => row ?? []).map(asShown);
  for (const seq of one.messages.keys()) {
    const [mine, theirs] = [rows(one, seq), rows(other, seq)];
    if (mine.length + theirs.length === 2 && canonical(mine) !== canonical(theirs))
      return `has at seq ${seq} ${canonical(mine)} and ${canonical(theirs)}`;
  }
  return undefined;
}

/** Whom nobody told of a mark, for it never moved, takes it for 0, as a page says it. */
const moved = (marks: Held['marks']) =>
  Object.fromEntries(Object.entries(marks).filter(([, { delivered, read }]) => delivered > 0 || read > 0));

/** What a person can see at that place: what they deleted for themselves is not shown, even where it is held. */
const shownAt = (held: Held | undefined, seq: number): Message | undefined => (held?.hidden.has(seq) ? undefined : held?.messages.get(seq));

/** Holds all that a new device has read, from the first message on, against what is stored. */
export function judgeRows(ledger: Ledger, fresh: Holding, rows: readonly StoredRow[], conversations: readonly StoredConversation[]) {
  const mine = new Set(conversations.filter(({ members }) => members.includes(fresh.userId)).map(({ conversationId }) => conversationId));
  const holdings = new Map(fresh.held.map((held) => [held.conversationId, held]));
  const counted = new Map<string, number>();
  for (const row of rows) {
    const { conversationId, seq, clientId, hiddenFor } = row;
    if (!mine.has(conversationId)) continue;
    const shown = shownAt(holdings.get(conversationId), seq);
    const isHidden = hiddenFor.includes(fresh.userId);
    if (!isHidden) counted.set(conversationId, (counted.get(conversationId) ?? 0) + 1);
    const [expected, given] = [isHidden ? undefined : asStored(row), shown && asShown(shown)];
    if (canonical(expected) !== canonical(given))
      ledger.violate(
        'not as stored',
        `${fresh.device}: seq ${seq} of ${conversationId} is ${canonical(given)}, and ${canonical(expected)} is stored`,
        [clientId],
      );
  }
  for (const held of fresh.held) {
    const shown = [...held.messages.keys()].filter((seq) => shownAt(held, seq)).length;
    const stored = counted.get(held.conversationId) ?? 0;
    if (shown > stored)
      ledger.violate('not as stored', `${fresh.device} shows ${shown} messages of ${held.conversationId}, and ${stored} are stored`);
  }
}

/** What of a message both the store and a device can tell. */
const asStored = ({ id, senderId, clientId, text, edited, deleted, reactions }: StoredRow) => ({
  ...{ id, senderId, clientId, text, edited, deleted, reactions },
});
const asShown = ({ id, senderId, clientId, content, editedAt, deletedAt, reactions }: Message) => ({
  ...{ id, senderId, clientId, text: content?.text ?? null, edited: editedAt !== null, deleted: deletedAt !== null, reactions },
});

const covered = (held: Held | undefined, seq: number) => held?.ranges.some(([first, last]) => first <= seq && seq <= last) ?? false;

/** Holds the counts that a new device is given against messages counted one by one. */
export function judgeUnread(ledger: Ledger, fresh: Holding, conversations: readonly StoredConversation[]) {
  const lines = new Map(fresh.list.map((line) => [line.conversationId, line.unread]));
  for (const { conversationId, members, unread } of conversations) {
    if (!members.includes(fresh.userId)) continue;
    const counted = Math.min(999, unread[fresh.userId] ?? 0);
    if (lines.get(conversationId) !== counted)
      ledger.violate('unread wrong', `${fresh.device} is told ${lines.get(conversationId)} of ${conversationId}, and it is ${counted}`);
  }
}

/**
 * [D6] [D7] In the end what somebody read is read, and as everybody has devices that hold everything, all of it is delivered.
 * What is not so yet, for who waits until it is.
 */
export const lagging = (ledger: Pick<Ledger, 'readBy'>, conversations: readonly StoredConversation[]): string[] =>
  conversations.flatMap(({ conversationId, marks }) =>
    Object.entries(marks).flatMap(([userId, { read, delivered, last }]) => {
      const wanted = ledger.readBy(userId, conversationId);
      return [
        ...(read < wanted ? [`${userId} read up to ${wanted} of ${conversationId}, and ${read} is stored`] : []),
        ...(delivered < last ? [`${userId} has ${last} of ${conversationId}, and ${delivered} is stored as delivered`] : []),
      ];
    }),
  );

/** [D5] Rows of the same message in one form: order of keys and of reactions says nothing. */
function canonical(value: unknown): string | undefined {
  return JSON.stringify(value, (key, part: unknown) => {
    if (key === 'reactions') return (part as Message['reactions']).map((one) => JSON.stringify(one, Object.keys(one).sort())).sort();
    if (part && typeof part === 'object' && !Array.isArray(part))
      return Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)));
    return part;
  });
}

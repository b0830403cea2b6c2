import { type EventData, type Fact, hearersOf, type Message, type OutcomeName, type Preview } from '@parley/common/contracts';
import type { Gathered, Gathering, Numbered } from './commands.ts';
import { type Counts, createCounts } from './counts.ts';
import { capped, type MemberRow, toSettings } from './member-rows.ts';
import { refusal } from './refusals.ts';
import { toMessage, toPreview } from './rows.ts';
import type { Changed, Judged, Repeated, Side, Standing, Stored } from './store.ts';

export type Outcome = Fact<OutcomeName>;
type OutcomeData = EventData<'message.stored'>;
type Lists = NonNullable<OutcomeData['lists']>;

interface Telling {
  readonly epoch: string;
  readonly now: number;
}

/** What a stored batch has to tell: per conversation the ranges of versions in order, then refusals and settings. */
export function outcomesOf(gathering: Gathering, stored: Stored, now: number): Outcome[] {
  const telling = { epoch: stored.epoch, now };
  let next = 0;
  const ofConversations = gathering.conversations.flatMap((gathered, index) => {
    const judged = stored.judged.slice(next, next + gathered.sent.length);
    next += gathered.sent.length;
    return ofConversation(gathered, judged, stored.standings[index], stored.at, telling);
  });
  const ofOthers = gathering.others.flatMap((command, index) => ofOther(command, stored.changed[index], telling));
  const ofSettings = stored.settings.map(
    (row): Outcome => ({ name: 'settings.changed', data: toSettings(row, unreadOf(row, gathering, stored), now) }),
  );
  return [...ofConversations, ...ofOthers, ...ofSettings];
}

function unreadOf({ conversation_id, user_id }: MemberRow, { conversations }: Gathering, { standings }: Stored): number {
  const index = conversations.findIndex(({ conversationId }) => conversationId === conversation_id);
  return capped(standings[index]?.sides[conversations[index]?.members[0] === user_id ? 0 : 1]?.unread ?? 0);
}

/** A stretch of consecutive versions that the same people may see; of no version at all where it only answers or reminds. */
interface Stretch {
  readonly messages: Message[];
  readonly marks: Record<string, Side['marks']>;
  readonly answers: Record<string, readonly string[]>;
  /** Who is given an empty change instead. */
  readonly concealed?: string | undefined;
  /** Who alone hears of it. */
  readonly only?: string | undefined;
  readonly from: number;
  version: number;
}

function ofConversation(
  gathered: Gathered,
  judged: readonly Judged[],
  standing: Standing | undefined,
  at: string,
  telling: Telling,
): Outcome[] {
  const { members, sent, receipts } = gathered;
  const refusals = judged.flatMap((one, index) => (one.was === 'refused' ? [refusal((sent[index] as Numbered).data, one.code)] : []));
  if (!standing) return [...refusals, ...unanswerable(gathered, telling)];
  const stretches = createStretches(standing.from);
  judged.forEach((one, index) => {
    if (one.was !== 'stored') return;
    const { data } = sent[index] as Numbered;
    const writer = data.senderId === members[0] ? 0 : 1;
    const concealed = standing.sides[1 - writer]?.blocks ? members[1 - writer] : undefined;
    stretches.next({ concealed }).messages.push(newMessage(data, one, stretches.version(), at));
  });
  const answers: Stretch[] = [];
  for (const [index, { moved, marks, shown }] of standing.sides.entries()) {
    const mover = members[index] as string;
    if (moved & 1) stretches.next({}).marks[mover] = shown;
    if (moved & 2) stretches.next({ only: mover }).marks[mover] = marks;
    const { clientIds = [] } = receipts[index] ?? {};
    if (clientIds.length === 0) continue;
    const last = moved ? stretches.all.at(-1) : undefined;
    if (last) last.answers[mover] = clientIds;
    else answers.push(answering(mover, standing.version, clientIds));
  }
  const [first, second] = standing.sides;
  const counts = createCounts(members, standing.from, [first.behind, second.behind]);
  const lists = listsOf(members, standing, stretches.all);
  const changes = stretches.all.map((stretch) => outcome(gathered, stretch, counts, telling, { lists: lists(stretch) }));
  const answered = answers.map((answer) => outcome(gathered, answer, counts, telling));
  const repeats = judged.flatMap((one) => (one.was === 'there' ? repeated(one.row, gathered, standing, counts, telling) : []));
  return [...changes, ...answered, ...repeats, ...refusals];
}

type To = Pick<Stretch, 'concealed' | 'only'>;

const blank = (version: number, { concealed, only }: To): Stretch => ({
  messages: [],
  marks: {},
  answers: {},
  concealed,
  only,
  from: version,
  version,
});

/** What moved nothing is told to its giver alone. */
const answering = (giver: string, version: number, clientIds: readonly string[]): Stretch => ({
  ...blank(version, { only: giver }),
  answers: { [giver]: clientIds },
});

/** Versions are dealt one by one; neighbours that the same people may see go together. */
function createStretches(from: number) {
  const all: Stretch[] = [];
  let version = from;
  return {
    all,
    version: () => version,
    next(to: To): Stretch {
      let last = all.at(-1);
      if (!last || last.concealed !== to.concealed || last.only !== to.only) {
        last = blank(version, to);
        all.push(last);
      }
      last.version = ++version;
      return last;
    },
  };
}

function newMessage(
  { clientId, senderId, content, replyTo }: Numbered['data'],
  { seq, id }: { seq: number; id: string },
  version: number,
  at: string,
): Message {
  return {
    id,
    seq,
    version,
    clientId,
    senderId,
    content,
    replyTo: replyTo !== null && replyTo < seq ? replyTo : null,
    sentAt: at,
    editedAt: null,
    deletedAt: null,
    reactions: [],
  };
}

/**
 * The same answer again, to its sender. The other person may never have heard of it, because whoever stored it died before
 * telling, so they are reminded of the version; but not across a block, for which nothing may ever show.
 */
function repeated(row: Repeated, gathered: Gathered, { sides, version }: Standing, counts: Counts, telling: Telling): Outcome[] {
  const { members } = gathered;
  const writer = members[0] === row.sender_id ? 0 : 1;
  const [sender, peer] = [members[writer] as string, members[1 - writer] as string];
  const hidden = row.hidden_for.includes(sender) ? row.seq : undefined;
  const again = { ...blank(version, { only: sender }), messages: [toMessage(row, sender, peer)] };
  const answer = outcome(gathered, again, counts, telling, { hidden });
  if (row.withheld || sides.some(({ blocks }) => blocks)) return [answer];
  const side = sides[1 - writer] as Side;
  const isLast = row.seq === side.lastSeq && !row.hidden_for.includes(peer);
  const lists = isLast ? listOf(row, peer, sender, side) : undefined;
  const reminder = outcome(gathered, blank(version, { only: peer }), counts, telling, { lists });
  return [answer, { name: 'message.stored', data: reminder.data }];
}

function listOf(row: Repeated, me: string, peerId: string, { lastSeq, unread, marks, muted }: Side): Lists {
  const message = toMessage(row, me, peerId);
  const notify = !muted && message.content !== null && message.seq > marks.read;
  return { [me]: { lastSeq, unread: capped(unread), preview: toPreview(message), notify } };
}

/** Marks of a conversation in which nothing was ever said: there is nothing to move. */
function unanswerable(gathered: Gathered, telling: Telling): Outcome[] {
  const counts = createCounts(gathered.members, 0, [0, 0]);
  return gathered.receipts.flatMap(({ clientIds }, index) =>
    clientIds.length > 0 ? [outcome(gathered, answering(gathered.members[index] as string, 0, clientIds), counts, telling)] : [],
  );
}

/** To each of the two how their list stands, with the last stretch that they hear of. */
function listsOf(members: readonly [string, string], { sides }: Standing, stretches: readonly Stretch[]) {
  const lists = members.map((me, index) => {
    const side = sides[index] as Side;
    const heard = stretches.filter(({ only }) => only === undefined || only === me);
    const seen = heard.filter(({ concealed }) => concealed !== me).flatMap(({ messages }) => messages);
    const last = seen.at(-1);
    const notify = !side.muted && !side.blocks && seen.some(({ senderId }) => senderId !== me);
    const list = { lastSeq: side.lastSeq, unread: capped(side.unread), ...(last && { preview: toPreview(last) }), notify };
    return { me, list, with: heard.at(-1) };
  });
  return (stretch: Stretch): Lists | undefined => {
    const told = lists.filter((one) => one.with === stretch).map(({ me, list }) => [me, list] as const);
    return told.length > 0 ? Object.fromEntries(told) : undefined;
  };
}

interface Besides {
  readonly lists?: Lists | undefined;
  readonly hidden?: number | undefined;
}

function outcome(
  { conversationId, members }: Gathered,
  { messages, marks, answers, concealed, only, ...range }: Stretch,
  counts: Counts,
  { epoch }: Telling,
  { lists, hidden }: Besides = {},
): Extract<Outcome, { name: 'message.stored' | 'receipt.moved' }> {
  const { from, version, behind } = counts.next({ ...range, only });
  const update: OutcomeData['update'] = {
    conversationId,
    epoch,
    from,
    version,
    messages,
    ...(Object.keys(marks).length > 0 && { marks }),
    ...(hidden !== undefined && { hidden: [hidden] }),
  };
  const to = { ...(concealed && { concealed }), ...(only && { only }), ...(behind && { behind }) };
  const answered = Object.keys(answers).length > 0 ? (answers as NonNullable<OutcomeData['answers']>) : undefined;
  const data = {
    members: [...members] as [string, string],
    update,
    ...to,
    ...(answered && { answers: answered }),
    ...(lists && { lists }),
  };
  return { name: messages.length > 0 ? 'message.stored' : 'receipt.moved', data };
}

function ofOther(command: Gathering['others'][number], changed: Changed | undefined, telling: Telling): Outcome[] {
  const { conversationId, senderId, peerId, clientId } = command.data;
  const members: [string, string] = senderId < peerId ? [senderId, peerId] : [peerId, senderId];
  const { changes = [], behind = [0, 0], lists } = changed ?? {};
  let counts: Counts | undefined;
  return changes.map((change, index): Outcome => {
    if ('code' in change) return refusal(command.data, change.code);
    const { message, viewer = senderId, hidden, closed, concealed, only } = change;
    counts ??= createCounts(members, change.from, behind);
    const { from, version, behind: less } = counts.next(change);
    const answered = concealed !== senderId && !closed;
    const update: OutcomeData['update'] = {
      conversationId,
      epoch: telling.epoch,
      from,
      version,
      // Counted as the change is, whose version it has.
      messages: message ? [{ ...toMessage(message, viewer, viewer === senderId ? peerId : senderId), version }] : [],
      ...(hidden !== undefined && { hidden: [hidden] }),
      ...(closed && { closed }),
    };
    const to = { ...(concealed && { concealed }), ...(only && { only }), ...(less && { behind: less }) };
    const listed = index === changes.length - 1 ? otherLists(hearersOf({ members, only }), members, lists) : undefined;
    return {
      name: 'message.changed',
      data: { members, update, ...to, ...(answered && { answers: { [senderId]: [clientId] } }), ...(listed && { lists: listed }) },
    };
  });
}

function otherLists(hearers: readonly string[], members: readonly [string, string], lists: Changed['lists']): Lists | undefined {
  if (!lists) return undefined;
  return Object.fromEntries(
    hearers.map((me) => {
      const at = members[0] === me ? 0 : 1;
      const { last, unread, preview } = lists[at];
      const shown: Preview | null = preview && toPreview(toMessage(preview, me, members[1 - at] as string));
      return [me, { lastSeq: last, unread: capped(unread), preview: shown, notify: false }];
    }),
  );
}

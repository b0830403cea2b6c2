import type { Held } from '@parley/client-library';
import type { ChatDown, Message, NotificationDown } from '@parley/common/contracts';
import { conversationIdOf } from '@parley/common/contracts';
import type { Deed } from './deeds.ts';

/** What must never be seen, and which clause of the promise it would break. */
export const kinds = {
  'ticked, not stored': 'D1',
  doubled: 'D2',
  'out of order': 'D3',
  'gap unnoticed': 'D4',
  'not as stored': 'D5',
  'receipt ahead of truth': 'D6',
  'unread wrong': 'D6',
  lost: 'D7',
  'never answered': 'D7',
  'too late': 'D7',
  'ended badly': 'D7',
  'seen by a third': 'D8',
  'presence wrong': 'D9',
} as const;
export type Kind = keyof typeof kinds;

export interface Violation {
  readonly kind: Kind;
  readonly what: string;
  /** What was seen of these messages, the newest of it. */
  readonly history: string[];
}

/** One message that somebody wrote. */
export interface Attempt {
  readonly clientId: string;
  readonly device: string;
  readonly conversationId: string;
  readonly text: string;
  readonly writtenAt: number;
  ticked?: { readonly seq: number; readonly id: string; readonly at: number };
  refused?: string;
}

/** Whose device it is, and what it has shown of a conversation so far. */
export interface Observer {
  readonly name: string;
  readonly userId: string;
  /** The other person of each of its conversations. */
  readonly peers: ReadonlyMap<string, string>;
  /** Of a stranger: conversations that would be theirs, had anybody ever said something there. */
  readonly approached?: Set<string>;
  readonly shown: Map<string, Held>;
}

const HISTORY = 12;
/** What was stored a moment before may be ticked for so long. */
const JUST_BEFORE_MS = 1_000;

/**
 * Listens to every device and holds what it is told against the promise, at once. It believes nobody: what a device shows
 * is compared with what others show and what was written, never with what the platform says of itself.
 */
export function createLedger({ now = Date.now, onTick = (_attempt: Attempt) => {} } = {}) {
  const attempts = new Map<string, Attempt>();
  const deeds = new Map<string, Deed>();
  /** Conversations in which somebody wrote something. */
  const begunTalks = new Set<string>();
  /** Those of which somebody was shown a message: until then nobody knows that the two talk. */
  const storedTalks = new Set<string>();
  /** What only two people may know, texts and ids of messages, and the conversation it is of. */
  const secrets = new Map<string, string>();
  const places = new Map<string, Message>();
  const seqs = new Map<string, number>();
  /** Per person and conversation: up to where any device of theirs has saved, and up to where they said they read. */
  const saved = new Map<string, number>();
  const read = new Map<string, number>();
  /** Up to where a device of theirs has it in its outbox that they read, or had it there and was answered. */
  const readSafely = new Map<string, number>();
  const violations: Violation[] = [];
  /** By message and by place. */
  const notes = new Map<string, string[]>();
  const begun = now();
  /** What keeps everything from being stored, and since when something has. */
  let stoppers = 0;
  let nothingStoredSince = Number.POSITIVE_INFINITY;

  const note = (about: string, line: string) => {
    const lines = notes.get(about) ?? [];
    lines.push(`${((now() - begun) / 1000).toFixed(3).padStart(TIME)} s  ${line}`);
    notes.set(about, lines);
  };
  const violate = (kind: Kind, what: string, about: readonly string[] = []): Violation | undefined => {
    if (violations.some((known) => known.kind === kind && known.what === what)) return undefined;
    const history = about.flatMap((id) => notes.get(id) ?? []).sort(byTime);
    const violation = { kind, what, history: history.slice(-HISTORY) };
    violations.push(violation);
    return violation;
  };

  const checkRow = (observer: Observer, conversationId: string, peerId: string, row: Message) => {
    const place = `${conversationId} ${row.seq}`;
    const about = [row.clientId, place];
    if (row.senderId !== observer.userId && row.senderId !== peerId)
      violate('seen by a third', `${observer.name} was shown a message of somebody else at ${place}`, about);
    const known = places.get(place);
    if (!known) {
      places.set(place, row);
      storedTalks.add(conversationId);
      secrets.set(row.id, conversationId);
      note(row.clientId, `${observer.name} is shown seq ${row.seq} of ${conversationId}`);
    } else if (known.id !== row.id || known.clientId !== row.clientId)
      violate('out of order', `${place} is ${known.id} here and ${row.id} there`, [...about, known.clientId]);
    const seq = seqs.get(row.clientId);
    if (seq === undefined) seqs.set(row.clientId, row.seq);
    else if (seq !== row.seq) violate('doubled', `one message stands at seq ${seq} and at seq ${row.seq} of ${conversationId}`, about);
    const attempt = attempts.get(row.clientId);
    if (!attempt) return void violate('not as stored', `nobody wrote what stands at ${place}`, about);
    if (attempt.conversationId !== conversationId)
      violate('seen by a third', `${row.clientId} was written into ${attempt.conversationId} and stands at ${place}`, about);
    if (row.content && !row.editedAt && row.content.text !== attempt.text)
      violate('not as stored', `${place} says something else than what was written`, about);
    if (row.senderId === observer.userId && !attempt.ticked) {
      attempt.ticked = { seq: row.seq, id: row.id, at: now() };
      note(row.clientId, `${observer.name} sees the tick of seq ${row.seq} of ${conversationId}`);
      // [D1] The store can not be asked now, and will have it when it can be.
      if (attempt.writtenAt > nothingStoredSince && now() - nothingStoredSince >= JUST_BEFORE_MS)
        violate('ticked, not stored', `${row.clientId} was written and ticked while nothing could be stored`, about);
      onTick(attempt);
    }
  };

  const checkMarks = (observer: Observer, held: Held, before: Held | undefined) => {
    for (const [userId, { delivered, read: readMark }] of Object.entries(held.marks)) {
      const whose = `${userId} ${held.conversationId}`;
      const earlier = before?.marks[userId];
      if (earlier && (earlier.delivered > delivered || earlier.read > readMark))
        violate('receipt ahead of truth', `a mark of ${whose} went back on ${observer.name}`);
      if (delivered > (saved.get(whose) ?? 0))
        violate(
          'receipt ahead of truth',
          `${observer.name} is told that ${whose} has ${delivered}, but they saved ${saved.get(whose) ?? 0}`,
        );
      if (readMark > (read.get(whose) ?? 0))
        violate('receipt ahead of truth', `${observer.name} is told that ${whose} read ${readMark}, but they read ${read.get(whose) ?? 0}`);
    }
  };

  const giveAway = (observer: Observer, what: string, answer: unknown) => {
    for (const text of textsOf(answer)) {
      const conversationId = secrets.get(text);
      if (conversationId !== undefined && !observer.peers.has(conversationId))
        violate('seen by a third', `${observer.name} was given ${text} with ${what}`);
    }
  };

  return {
    attempts,
    deeds,
    violations,
    violate,
    now,
    begun: (): ReadonlySet<string> => begunTalks,
    haveTalked: (one: string, other: string) => storedTalks.has(conversationIdOf(one, other)),
    wrote(device: string, conversationId: string, clientId: string, text: string) {
      if (attempts.has(clientId)) return;
      attempts.set(clientId, { clientId, device, conversationId, text, writtenAt: now() });
      begunTalks.add(conversationId);
      secrets.set(clientId, conversationId).set(text, conversationId);
      note(clientId, `${device} writes ${clientId} into ${conversationId}`);
    },
    /** From now on, until it is said that it can, the platform can not store anything. */
    canNotStore() {
      if (stoppers++ === 0) nothingStoredSince = now();
    },
    canStore() {
      if (--stoppers === 0) nothingStoredSince = Number.POSITIVE_INFINITY;
    },
    /** Somebody does something to a message, and wants an answer. */
    asks(deed: Deed) {
      deeds.set(deed.clientId, deed);
      if (deed.change.type === 'edit') secrets.set(deed.change.text, deed.conversationId);
      note(`${deed.conversationId} ${deed.seq}`, `${deed.device} asks ${deed.clientId}: ${JSON.stringify(deed.change)}`);
    },
    /** It is gone from the outbox of its device: the platform said that it is done. */
    answered(clientId: string) {
      const deed = deeds.get(clientId);
      if (!deed) return;
      deed.answeredAt ??= now();
      note(`${deed.conversationId} ${deed.seq}`, `${deed.device} is answered ${clientId}`);
    },
    refused(clientId: string, code: string) {
      const known = attempts.get(clientId) ?? deeds.get(clientId);
      if (known) known.refused = code;
      note(clientId, `${clientId} is refused: ${code}`);
    },
    reads: (userId: string, conversationId: string, seq: number) => raise(read, `${userId} ${conversationId}`, seq),
    hasRead: (userId: string, conversationId: string, seq: number) => raise(readSafely, `${userId} ${conversationId}`, seq),
    readBy: (userId: string, conversationId: string) => readSafely.get(`${userId} ${conversationId}`) ?? 0,

    /** A search has found this. */
    finds(observer: Observer, hits: readonly { readonly conversationId: string; readonly message: Message }[]) {
      for (const { conversationId, message } of hits) {
        const peerId = observer.peers.get(conversationId);
        if (peerId) checkRow(observer, conversationId, peerId, message);
        else violate('seen by a third', `${observer.name} found something in the conversation ${conversationId} of others`);
      }
    },
    /** Somebody was given this for asking. */
    gives: giveAway,

    /** A device has saved and shows this. */
    shows(observer: Observer, held: Held) {
      const { conversationId } = held;
      const peerId = observer.peers.get(conversationId);
      if (!peerId && observer.approached?.has(conversationId) && held.messages.size === 0) return;
      if (!peerId) return void violate('seen by a third', `${observer.name} was shown the conversation ${conversationId} of others`);
      const last = observer.shown.get(conversationId);
      const before = last?.epoch === held.epoch ? last : undefined;
      if (before && held.version < before.version)
        violate('out of order', `${observer.name} went back from version ${before.version} to ${held.version} of ${conversationId}`);
      observer.shown.set(conversationId, held);
      for (const [seq, row] of held.messages) if (before?.messages.get(seq) !== row) checkRow(observer, conversationId, peerId, row);
      const stretch = held.ranges.at(-1);
      if (stretch && stretch[1] >= held.lastSeq) {
        for (let seq = Math.max(stretch[0], (before?.lastSeq ?? 0) + 1); seq <= stretch[1]; seq++)
          if (!held.messages.has(seq) && !held.hidden.has(seq))
            violate('gap unnoticed', `${observer.name} shows no seq ${seq} of ${conversationId} and thinks that it has it`, [
              `${conversationId} ${seq}`,
            ]);
        raise(saved, `${observer.userId} ${conversationId}`, held.lastSeq);
      }
      checkMarks(observer, held, before);
    },

    /** Whatever came over a socket, before the client looked at it. */
    hears(observer: Observer, frame: ChatDown | NotificationDown) {
      giveAway(observer, frame.type, frame);
      const conversationId =
        frame.type === 'update'
          ? frame.update.conversationId
          : frame.type === 'notice'
            ? frame.notice.conversationId
            : 'conversationId' in frame
              ? frame.conversationId
              : undefined;
      if (conversationId && !observer.peers.has(conversationId) && !observer.approached?.has(conversationId))
        violate('seen by a third', `${observer.name} heard ${frame.type} of the conversation ${conversationId} of others`);
      if (frame.type === 'presence') {
        const known = new Set([observer.userId, ...observer.peers.values()]);
        for (const { userId } of frame.people)
          if (!known.has(userId)) violate('seen by a third', `${observer.name} heard of the presence of ${userId}, whom they do not know`);
      }
    },
  };
}

const raise = (marks: Map<string, number>, whose: string, seq: number) => void marks.set(whose, Math.max(marks.get(whose) ?? 0, seq));

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return value && typeof value === 'object' ? Object.values(value).flatMap(textsOf) : [];
}

const TIME = 9;
const byTime = (one: string, other: string) => one.slice(0, TIME).localeCompare(other.slice(0, TIME));

export type Ledger = ReturnType<typeof createLedger>;

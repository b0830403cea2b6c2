import { type Changes, uuidv7 } from '@parley/common/contracts';
import type { Counts } from './soak-load.ts';

/** As the client library has it. */
const DELIVERED_EVERY_MS = 250;

export interface ConversationOptions {
  readonly userId: string;
  readonly counts: Counts;
  readonly note: (what: string) => void;
  readonly say: (frame: object) => void;
  /** Undefined where there is no answer, and before there is a peer. */
  readonly changesAfter: (epoch: string, version: number) => Promise<Changes | undefined>;
}

/** What a device knows of its one conversation: what it is told, and what it asks for when it was told too little. */
export function createConversation({ userId, counts, note, say, changesAfter }: ConversationOptions) {
  // Everything up to the version `whole` was heard; `version` is the newest that was.
  const known = { lastSeq: 0, version: 0, whole: 0, epoch: '', mine: [] as { seq: number; version: number }[] };
  const seen = new Set<number>();
  /** Messages by their clientId: what has no answer when its socket closes is said again on the next. */
  const unanswered = new Map<string, object>();
  let telling = false;

  const deliver = () => {
    telling = false;
    say({ type: 'delivered', seq: known.lastSeq });
  };
  // biome-ignore lint/suspicious/noExplicitAny: the generator stays lean: it believes the frames.
  const take = (update: any) => {
    known.version = Math.max(known.version, update.version);
    if (update.from <= known.whole) known.whole = Math.max(known.whole, update.version);
    known.epoch = update.epoch;
    for (const { seq, version, senderId, clientId, content } of update.messages) {
      if (senderId === userId) unanswered.delete(clientId);
      if (senderId === userId) known.mine = [...known.mine.filter((one) => one.seq !== seq), { seq, version }].slice(-20);
      known.lastSeq = Math.max(known.lastSeq, seq);
      if (senderId === userId || seen.has(seq)) continue;
      seen.add(seq);
      counts.shown += 1;
      // Edited or deleted before it was shown, it says no more when it was sent.
      const intended = Number(content?.text.split(' ')[0]);
      if (intended > 0) counts.delays.push(performance.now() - intended);
      if (!telling) setTimeout(deliver, DELIVERED_EVERY_MS);
      telling = true;
    }
  };
  let catching: Promise<void> | undefined;
  const catchUp = () => {
    catching ??= missed()
      .catch(() => note('nothing missed could be asked for'))
      .finally(() => {
        catching = undefined;
      });
    return catching;
  };
  const missed = async () => {
    for (let more = true; more; ) {
      const changes = await changesAfter(known.epoch, known.whole);
      if (!changes) return;
      if (changes.reset && known.epoch !== '') return note('a reset');
      known.epoch ||= changes.reset ? changes.epoch : changes.update.epoch;
      if (changes.reset) continue;
      take(changes.update);
      more = changes.more;
    }
  };

  return {
    known: known as Readonly<typeof known>,
    catchUp,
    send(content: object) {
      const message = { type: 'send', clientId: uuidv7(), content };
      counts.sent += 1;
      unanswered.set(message.clientId, message);
      say(message);
    },
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    hear(frame: any) {
      if (frame.type === 'hello') for (const message of unanswered.values()) say(message);
      if (frame.type === 'hello' || frame.type === 'resync') void catchUp();
      if (frame.type === 'refused') {
        note(frame.code);
        if (unanswered.delete(frame.clientId)) counts.refusedMessages += 1;
      }
      if (frame.type !== 'update') return;
      if (frame.update.from > known.whole) void catchUp();
      take(frame.update);
    },
  };
}

export type Conversation = ReturnType<typeof createConversation>;

import { z } from 'zod';
import { limits } from './limits.ts';

/** In one spelling: what is computed from ids, as a conversation is from its two, would be another for each. */
const Id = z.uuid().refine((id) => id === id.toLowerCase(), 'not in lower case');

// Ids are UUIDs on the wire; the aliases say which is meant where.
export const UserId = Id;
export const SessionId = Id;
export const ConversationId = Id;
/** Made once by the device that gives a command, kept until the store has answered (UUIDv7). */
export const ClientId = Id;
export type UserId = z.infer<typeof UserId>;
export type SessionId = z.infer<typeof SessionId>;
export type ConversationId = z.infer<typeof ConversationId>;
export type ClientId = z.infer<typeof ClientId>;

/** UTC, by the server's clock. PostgreSQL knows no year 0. */
export const Instant = z.iso.datetime({ precision: 3 }).refine((time) => !time.startsWith('0000'), 'no such year');
export type Instant = z.infer<typeof Instant>;

/** The place of a message in its conversation: 1, 2, 3, … without holes. */
export const Seq = z.int().min(1);
/** A watermark: everything up to this seq; 0 is nothing yet. */
export const Mark = z.int().min(0);
/** The number of a conversation's last change. */
export const Version = z.int().min(0);
/** Versions count within an epoch; a restore from backup begins another one. */
export const Epoch = z.string().regex(/^[!-~]{1,64}$/);

/** Text as people write it: well-formed Unicode, counted in code points, and without U+0000, which PostgreSQL can't keep. */
export const personText = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => text.isWellFormed() && !text.includes('\0'), 'not well-formed text');

export const MessageText = personText(limits.messageText).min(1);

/** What a message holds. A union from the first day, so that later kinds need no migration of the past. */
export const Content = z.discriminatedUnion('kind', [z.object({ kind: z.literal('text'), text: MessageText })]);
export type Content = z.infer<typeof Content>;

const graphemes = new Intl.Segmenter();
const isOne = (text: string) => graphemes.segment(text).containing(0)?.segment === text;

/** One emoji, however many code points it takes. */
export const Emoji = z
  .string()
  .max(32)
  .regex(
    // biome-ignore lint/suspicious/noMisleadingCharacterClass: with the u flag the keycap mark is a member of its own.
    /^(?=.*[\p{Extended_Pictographic}\p{Regional_Indicator}\u20e3])[\p{Extended_Pictographic}\p{Emoji_Component}\u200d\ufe0f\u20e3\u{e0020}-\u{e007f}]+$/u,
    'not an emoji',
  )
  .refine(isOne, 'more than one emoji');

export const Reaction = z.object({ userId: UserId, emoji: Emoji });
export type Reaction = z.infer<typeof Reaction>;

/**
 * A message as it stands now. A deleted one keeps its place and loses its content; `version` is the change of the
 * conversation that touched it last, which decides between two copies of it.
 */
export const Message = z.object({
  id: z.uuid(),
  seq: Seq,
  version: Version,
  clientId: ClientId,
  senderId: UserId,
  content: Content.nullable(),
  replyTo: Seq.nullable(),
  sentAt: Instant,
  editedAt: Instant.nullable(),
  deletedAt: Instant.nullable(),
  reactions: z.array(Reaction),
});
export type Message = z.infer<typeof Message>;

/** How far one person is: everything up to the seq has reached a device of theirs, or was read. */
export const Marks = z.object({ delivered: Mark, read: Mark });
export type Marks = z.infer<typeof Marks>;
export const MarksByUser = z.record(UserId, Marks);

/**
 * The one shape in which a conversation moves, live or when catching up: the state, as of `version`, of everything that
 * changed after `from`. A holder of a version below `from` lacks something and fetches it; a holder of `version` or
 * more has it already. Empty for whom the change is not meant.
 */
export const Update = z.object({
  conversationId: ConversationId,
  epoch: Epoch,
  from: Version,
  version: Version,
  messages: z.array(Message),
  /** Of whom they moved, as of `version`. Marks only grow: merge by person, of each mark the higher one stays. */
  marks: MarksByUser.optional(),
  /** Seqs that this person deleted for themselves: they are nowhere shown to them again. */
  hidden: z.array(Seq).optional(),
  /** The other person's account is gone: readable, but nothing can be written any more. */
  closed: z.literal(true).optional(),
  /** The commands, other than messages, that this answers: their outbox entries are done. */
  answers: z.array(ClientId).optional(),
});
export type Update = z.infer<typeof Update>;

/** The least that shows a message in a list. */
export const Preview = z.object({
  seq: Seq,
  senderId: UserId,
  /** Null when the message was deleted. */
  text: z.string().nullable(),
  sentAt: Instant,
});
export type Preview = z.infer<typeof Preview>;

/**
 * What one person decided about one conversation; nobody else learns of it. A new message takes a conversation out of
 * the archive unless it is muted; reading to its end takes back `markedUnread`.
 */
export const Settings = z.object({
  pinned: z.boolean(),
  archived: z.boolean(),
  /** Null: not muted. */
  mutedUntil: Instant.nullable(),
  markedUnread: z.boolean(),
  blocked: z.boolean(),
});
export type Settings = z.infer<typeof Settings>;

/** A conversation as one of its people sees it in the list. */
export const Conversation = z.object({
  conversationId: ConversationId,
  peerId: UserId,
  epoch: Epoch,
  version: Version,
  /** The last place that this person may see; 0: nothing was said yet, and the list leaves it out. */
  lastSeq: Mark,
  lastActivityAt: Instant,
  preview: Preview.nullable(),
  /** Counted up to 999. */
  unread: z.int().min(0).max(limits.unread),
  /** One's own as they are, the other's as far as they let one see. */
  marks: MarksByUser,
  settings: Settings,
  /** Grows with each change of `settings`, so that two devices agree on the last one. */
  settingsVersion: z.int().min(0),
  /** The peer's account is gone: readable, but nothing can be written any more. */
  closed: z.boolean(),
});
export type Conversation = z.infer<typeof Conversation>;

/** How a person appears to others. */
export const Profile = z.object({
  userId: UserId,
  userName: z.string(),
  displayName: z.string(),
  about: z.string(),
  /** Names the stored picture; it changes with its content, so it may be cached for ever. */
  pictureId: z.string().nullable(),
});
export type Profile = z.infer<typeof Profile>;

/** `unknown`: nobody can tell just now, which is not the same as offline. */
export const PresenceState = z.enum(['online', 'offline', 'unknown']);
export type PresenceState = z.infer<typeof PresenceState>;
export const Presence = z.object({
  userId: UserId,
  state: PresenceState,
  /** Null: never seen, or hidden. */
  lastSeenAt: Instant.nullable(),
  /** Grows with each change of this person's presence. */
  number: z.int().min(0),
});
export type Presence = z.infer<typeof Presence>;

/** Oneself, as auth knows it: how one appears, users knows. */
export const Me = z.object({
  userId: UserId,
  userName: z.string(),
  email: z.string(),
  registeredAt: Instant,
  sessionId: SessionId,
});
export type Me = z.infer<typeof Me>;

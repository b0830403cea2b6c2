import { type Content, type Message, membersOf, type Preview, type Reaction } from '@parley/common/contracts';

/** A row of `messages`, as JSON or as `pg` reads it. */
export interface MessageRow {
  readonly seq: number;
  /** Of the last change that each of the two was told, in their own count. */
  readonly first_version: number;
  readonly second_version: number;
  readonly reply_to: number | null;
  readonly withheld: boolean;
  readonly sent_at: Date | string;
  readonly edited_at: Date | string | null;
  readonly deleted_at: Date | string | null;
  readonly id: string;
  readonly sender_id: string;
  readonly client_id: string;
  readonly content: Content | null;
  readonly reactions: Reaction[] | null;
  /** By person: what they see instead. */
  readonly views: Readonly<Record<string, View>> | null;
}

/** What of a row a reader needs. */
export const messageColumns =
  'm.seq, m.first_version, m.second_version, m.reply_to, m.withheld, m.sent_at, m.edited_at, m.deleted_at, m.id, m.sender_id, m.client_id, m.content, m.reactions, m.views';

interface View {
  readonly content: Content;
  readonly editedAt: string | null;
  readonly reactions: Reaction[];
}

/** Which of the two of a conversation somebody is: the first or the second in the order of their ids. */
export const placeOf = (userId: string, peerId: string) => (membersOf(userId, peerId)[0] === userId ? 'first' : 'second');

/** A message as one of the two sees it. */
export function toMessage(row: MessageRow, viewerId: string, peerId: string): Message {
  const view = row.views?.[viewerId];
  return {
    id: row.id,
    seq: row.seq,
    version: row[`${placeOf(viewerId, peerId)}_version`],
    clientId: row.client_id,
    senderId: row.sender_id,
    content: view?.content ?? row.content,
    replyTo: row.reply_to,
    sentAt: at(row.sent_at),
    editedAt: orNull(view ? view.editedAt : row.edited_at),
    deletedAt: orNull(row.deleted_at),
    reactions: view?.reactions ?? row.reactions ?? [],
  };
}

export const toPreview = ({ seq, senderId, content, sentAt }: Message): Preview => ({
  seq,
  senderId,
  text: content === null ? null : content.text.slice(0, PREVIEW_LENGTH).toWellFormed(),
  sentAt,
});

/** Lists show a line; a notice should stay small. */
const PREVIEW_LENGTH = 200;

export const at = (time: Date | string) => new Date(time).toISOString();
const orNull = (time: Date | string | null) => (time === null ? null : at(time));

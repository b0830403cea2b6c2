import { type Conversation, conversationIdOf, limits, membersOf, ParleyError } from '@parley/common/contracts';
import type { Pool, PoolClient } from 'pg';
import { inCrowds } from './crowd.ts';
import { type Place, readCursor, writeCursor } from './cursors.ts';
import { capped, type MemberRow, settingsOf } from './member-rows.ts';
import { at, type MessageRow, messageColumns, toMessage, toPreview } from './rows.ts';

interface ConversationRow extends MemberRow {
  readonly epoch: string;
  readonly version: number;
  readonly closed: boolean;
  readonly last_seq: number;
  readonly active_at: Date | null;
  readonly delivered: number;
  readonly read: number;
  readonly peer_delivered: number;
  readonly peer_read: number;
  readonly unread: number;
  readonly preview: MessageRow | null;
}

/** Of who blocked the other nothing is unread: their marks stand still until they unblock. */
export const unread = `CASE WHEN v.blocked THEN 0
  ELSE v.sent_since - CASE WHEN v.uncounted > v.read THEN uncounted(v.conversation_id, v.user_id, v.read) ELSE 0 END END`;

const select = `SELECT i.epoch, v.*, ${unread} AS unread FROM installation i, conversations_of v`;

/** Of the rows that are shown, and of them alone, the last message that this person may see. */
const withPreview = (rows: string) => `SELECT v.*, (SELECT row_to_json(p) FROM (
    SELECT ${messageColumns} FROM messages m
    WHERE m.conversation_id = v.conversation_id AND m.seq <= v.last_seq AND (NOT m.withheld OR m.sender_id = v.user_id)
      AND NOT EXISTS (SELECT FROM hidden h WHERE h.conversation_id = v.conversation_id AND h.user_id = v.user_id AND h.seq = m.seq)
    ORDER BY m.seq DESC LIMIT 1) p) AS preview
  FROM (${rows}) v`;

export function toConversation(row: ConversationRow, now: number): Conversation {
  const { user_id: userId, peer_id: peerId, preview } = row;
  return {
    conversationId: row.conversation_id,
    peerId,
    epoch: row.epoch,
    version: row.version,
    lastSeq: row.last_seq,
    lastActivityAt: row.active_at === null ? NEVER : at(row.active_at),
    preview: preview && toPreview(toMessage(preview, userId, peerId)),
    unread: capped(row.unread),
    marks: { [userId]: { delivered: row.delivered, read: row.read }, [peerId]: { delivered: row.peer_delivered, read: row.peer_read } },
    settings: settingsOf(row, now),
    settingsVersion: row.settings_version,
    closed: row.closed,
  };
}

const NEVER = new Date(0).toISOString();
const NEWEST: Place = [
  ['instant', '9999-12-31T00:00:00.000Z'],
  ['id', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
];
const TOP: Place = [['flag', 'true'], ...NEWEST];
/** Whose, which of them, how many, and behind what place. */
const LIST_QUESTION = 3 + TOP.length;

interface Listing {
  readonly after?: string | undefined;
  readonly limit: number;
  readonly archived?: boolean | undefined;
}

/** Pages of the lists of many people, who may all ask at once. */
const lists = `SELECT a.number::integer, page.*
  FROM unnest($1::uuid[], $2::boolean[], $3::integer[], $4::boolean[], $5::timestamptz[], $6::uuid[]) WITH ORDINALITY
      AS a (user_id, archived, most, pinned, active_at, conversation_id, number),
    LATERAL (${withPreview(`${select} WHERE v.user_id = a.user_id AND v.last_seq > 0 AND (a.archived IS NULL OR v.archived = a.archived)
        AND (v.pinned, v.active_at, v.conversation_id) < (a.pinned, a.active_at, a.conversation_id)
      ORDER BY v.pinned DESC, v.active_at DESC, v.conversation_id DESC LIMIT a.most`)}) page
  ORDER BY a.number, page.pinned DESC, page.active_at DESC, page.conversation_id DESC`;

export function listOf(database: Pool) {
  const ask = inCrowds(async (asked: readonly (readonly unknown[])[]) => {
    const values = Array.from({ length: LIST_QUESTION }, (_, column) => asked.map((one) => one[column]));
    const { rows } = await database.query<ConversationRow & { number: number }>({ name: 'conversations', text: lists, values });
    const pages = Map.groupBy(rows, ({ number }) => number);
    return asked.map((_, index) => pages.get(index + 1) ?? []);
  });
  return async (userId: string, { after, limit, archived }: Listing, now: number) => {
    const rows = await ask([userId, archived, limit + 1, ...readCursor(after, TOP)]);
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : undefined;
    return {
      conversations: page.map((row) => toConversation(row, now)),
      after: last ? writeCursor([last.pinned, at(last.active_at ?? NEVER), last.conversation_id]) : null,
    };
  };
}

/** Those with something unread, by last activity, and how many there are. */
export async function listUnread(database: Pool, userId: string, { after, limit }: Omit<Listing, 'archived'>, now: number) {
  const { rows } = await database.query<ConversationRow & { total: number }>({
    name: 'unread',
    text: `WITH waiting AS MATERIALIZED (
        SELECT w.*, (count(*) OVER ())::integer AS total
        FROM (SELECT i.epoch, v.*, ${unread} AS unread FROM installation i, conversations_of v WHERE v.user_id = $1 AND v.sent_since > 0) w
        WHERE w.unread > 0
      )
      ${withPreview(`SELECT * FROM waiting w WHERE (w.active_at, w.conversation_id) < ($2::timestamptz, $3::uuid)
        ORDER BY w.active_at DESC, w.conversation_id DESC LIMIT $4`)} ORDER BY v.active_at DESC, v.conversation_id DESC`,
    values: [userId, ...readCursor(after, NEWEST), limit + 1],
  });
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return {
    conversations: page.map((row) => toConversation(row, now)),
    total: rows[0]?.total ?? 0,
    after: last ? writeCursor([at(last.active_at ?? NEVER), last.conversation_id]) : null,
  };
}

/** Conversations as one of their people sees each. */
export async function readConversations(
  database: Pool,
  asked: readonly { readonly conversationId: string; readonly userId: string }[],
  now: number,
): Promise<{ userId: string; conversation: Conversation }[]> {
  const { rows } = await database.query<ConversationRow>({
    name: 'conversations-of-several',
    text: withPreview(`${select} WHERE (v.conversation_id, v.user_id) IN (SELECT * FROM unnest($1::uuid[], $2::uuid[]))`),
    values: [asked.map(({ conversationId }) => conversationId), asked.map(({ userId }) => userId)],
  });
  return rows.map((row) => ({ userId: row.user_id, conversation: toConversation(row, now) }));
}

/** In the order of their ids, beginning behind one. */
export async function listById(database: Pool, userId: string, after: string | undefined, now: number): Promise<Conversation[]> {
  const { rows } = await database.query<ConversationRow>({
    name: 'conversations-by-id',
    text: `${withPreview(`${select} WHERE v.user_id = $1 AND v.last_seq > 0 AND v.conversation_id > $2
      ORDER BY v.conversation_id LIMIT $3`)} ORDER BY v.conversation_id`,
    values: [userId, after ?? NIL, limits.page],
  });
  return rows.map((row) => toConversation(row, now));
}

const NIL = '00000000-0000-0000-0000-000000000000';
const FIRST: Place = [['id', NIL]];

export async function listVersions(database: Pool, userId: string, after: string | undefined) {
  const { rows } = await database.query<{ epoch: string; conversation_id: string | null; version: number; last_seq: number }>({
    name: 'versions',
    text: `SELECT i.epoch, v.conversation_id, v.version, v.last_seq FROM installation i LEFT JOIN LATERAL (
        SELECT * FROM conversations_of v WHERE v.user_id = $1 AND v.last_seq > 0 AND v.conversation_id > $2 ORDER BY v.conversation_id LIMIT $3
      ) v ON true`,
    values: [userId, ...readCursor(after, FIRST), limits.versionsPage + 1],
  });
  const known = rows.filter(({ conversation_id }) => conversation_id !== null);
  const page = known.slice(0, limits.versionsPage);
  return {
    epoch: rows[0]?.epoch ?? '',
    versions: page.map(({ conversation_id, version, last_seq }): [string, number, number] => [
      conversation_id as string,
      version,
      last_seq,
    ]),
    after: known.length > page.length ? writeCursor([page.at(-1)?.conversation_id ?? '']) : null,
  };
}

export async function readConversation(database: Pool | PoolClient, userId: string, peerId: string, now: number): Promise<Conversation> {
  const conversationId = conversationIdOf(userId, peerId);
  const { rows } = await database.query<ConversationRow>({
    name: 'conversation',
    text: withPreview(`${select} WHERE v.conversation_id = $1 AND v.user_id = $2`),
    values: [conversationId, userId],
  });
  if (rows[0]) return toConversation(rows[0], now);
  const { rows: people } = await database.query<Person>({
    name: 'person',
    text: `SELECT i.epoch, p.gone_at IS NOT NULL AS gone, to_jsonb(m) AS member
      FROM installation i, people p LEFT JOIN members m ON m.conversation_id = $2 AND m.user_id = $3 WHERE p.user_id = $1`,
    values: [peerId, conversationId, userId],
  });
  if (!people[0]) throw new ParleyError('person-not-found');
  return unbegun(conversationId, userId, peerId, people[0], now);
}

/** Somebody with whom nothing was said yet, and what was decided about them all the same. */
interface Person {
  readonly epoch: string;
  readonly gone: boolean;
  readonly member: MemberRow | null;
}

const undecided = { pinned: false, archived: false, muted_until: null, marked_unread: false, blocked: false, settings_version: 0 };

const unbegun = (conversationId: string, userId: string, peerId: string, { epoch, gone, member }: Person, now: number): Conversation => ({
  conversationId,
  peerId,
  epoch,
  version: 0,
  lastSeq: 0,
  lastActivityAt: NEVER,
  preview: null,
  unread: 0,
  marks: Object.fromEntries(membersOf(userId, peerId).map((person) => [person, { delivered: 0, read: 0 }])),
  settings: settingsOf(member ?? undecided, now),
  settingsVersion: (member ?? undecided).settings_version,
  closed: gone,
});

interface Acquainted {
  readonly user_id: string;
  readonly conversation_id: string;
  readonly peer_id: string;
  readonly blocks: boolean;
  readonly blocked_by: boolean;
}

/** Whom presence of each of these people concerns. */
export async function listPeers(database: Pool, userIds: readonly string[], after: string | undefined) {
  const { rows } = await database.query<Acquainted>({
    name: 'peers',
    text: `SELECT u.user_id, peers.* FROM unnest($1::uuid[]) AS u (user_id), LATERAL (
        SELECT m.conversation_id, m.peer_id, m.blocked AS blocks, p.blocked AS blocked_by
        FROM members m JOIN members p ON p.conversation_id = m.conversation_id AND p.user_id = m.peer_id
          LEFT JOIN conversations c ON c.conversation_id = m.conversation_id
        WHERE m.user_id = u.user_id AND (c.last_seq > 0 OR m.blocked OR p.blocked) AND m.conversation_id > $2
        ORDER BY m.conversation_id LIMIT $3) AS peers
      ORDER BY u.user_id, peers.conversation_id`,
    values: [userIds, ...readCursor(after, FIRST), limits.versionsPage + 1],
  });
  const found = Map.groupBy(rows, ({ user_id }) => user_id);
  return {
    people: userIds.map((userId) => {
      const all = found.get(userId) ?? [];
      const page = all.slice(0, limits.versionsPage);
      return {
        userId,
        peers: page.map(({ peer_id, blocks, blocked_by }) => ({ peerId: peer_id, blocks, blockedBy: blocked_by })),
        after: all.length > page.length ? writeCursor([page.at(-1)?.conversation_id ?? '']) : null,
      };
    }),
  };
}

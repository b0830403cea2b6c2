import { type Content, conversationIdOf, ParleyError, uuidv7 } from '@parley/common/contracts';
import { type Clock, instant } from '@parley/common/server';
import type { Pool } from 'pg';

/**
 * Kept for the operator, with what the message said to who reports it at that moment, whatever becomes of it. The same
 * words are reported once; who has more to say of them changes the note.
 */
export async function report(
  database: Pool,
  reporterId: string,
  peerId: string,
  { seq, note }: { seq: number; note: string },
  clock: Clock,
): Promise<void> {
  const { rowCount } = await database.query(
    `INSERT INTO reports AS r (id, conversation_id, seq, reporter_id, sender_id, content, note, reported_at)
     SELECT $1, m.conversation_id, m.seq, $4, m.sender_id, coalesce(m.views -> $4::uuid::text -> 'content', m.content), $5, $6 FROM messages m
     WHERE m.conversation_id = $2 AND m.seq = $3 AND m.sender_id <> $4 AND NOT m.withheld
     ON CONFLICT (conversation_id, seq, reporter_id, md5(coalesce(content::text, ''))) DO UPDATE SET note = coalesce(nullif(excluded.note, ''), r.note)`,
    [uuidv7(clock.now()), conversationIdOf(reporterId, peerId), Math.min(seq, LARGEST), reporterId, note, instant(clock.now())],
  );
  if (rowCount === 0) throw new ParleyError('message-not-found');
}

const LARGEST = 2_147_483_647;

export interface Report {
  readonly id: string;
  readonly conversationId: string;
  readonly seq: number;
  readonly reporterId: string;
  readonly senderId: string;
  readonly content: Content | null;
  readonly note: string;
  readonly reportedAt: Date;
  readonly settledAt: Date | null;
}

/** The oldest first. */
export async function listReports(database: Pool, { settled }: { readonly settled: boolean }): Promise<Report[]> {
  const { rows } = await database.query<Report>(
    `SELECT id, conversation_id AS "conversationId", seq, reporter_id AS "reporterId", sender_id AS "senderId", content, note,
       reported_at AS "reportedAt", settled_at AS "settledAt"
     FROM reports WHERE $1 OR settled_at IS NULL ORDER BY reported_at, id`,
    [settled],
  );
  return rows;
}

/** Answers those that there are. */
export async function settleReports(database: Pool, ids: readonly string[], clock: Clock): Promise<string[]> {
  const { rows } = await database.query<{ id: string }>(
    'UPDATE reports SET settled_at = coalesce(settled_at, $2) WHERE id = ANY ($1::uuid[]) RETURNING id',
    [ids, instant(clock.now())],
  );
  return rows.map(({ id }) => id);
}

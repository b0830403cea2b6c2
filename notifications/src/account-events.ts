import { type EventData, uuidv7 } from '@parley/common/contracts';
import type { Pool } from 'pg';
import type { PrismaClient } from './database.ts';

/** What happened to an account, as the inbox keeps it. */
export interface AccountFact {
  readonly userId: string;
  readonly number: number;
  readonly what: 'logged-in' | 'password-changed';
  readonly deviceName: string;
  readonly at: string;
}

/** Of one person, the newest. */
const KEPT = 100;

export function accountFact(fact: { name: string; data: unknown }): AccountFact | undefined {
  if (fact.name === 'user.logged-in') return { ...(fact.data as EventData<'user.logged-in'>), what: 'logged-in' };
  const { userId, number, reason, at } = fact.data as EventData<'session.ended'>;
  if (fact.name !== 'session.ended' || reason !== 'password-changed') return undefined;
  return { userId, number, what: 'password-changed', deviceName: '', at };
}

/** The rows of the inbox that are no conversations. */
export function createAccountEvents(database: Pool, prisma: PrismaClient) {
  return {
    /** Each once, however often it is heard. Tells whose inbox has changed. The very first sign-in is no news to anybody. */
    async store(facts: readonly AccountFact[]): Promise<string[]> {
      if (facts.length === 0) return [];
      const rows = facts.map((fact) => ({ ...fact, id: uuidv7(Date.parse(fact.at)) }));
      const stored = await database.query<{ userId: string }>(storing, [JSON.stringify(rows)]);
      const userIds = [...new Set(stored.rows.map(({ userId }) => userId))];
      if (userIds.length > 0) await database.query(pruning, [userIds, KEPT]);
      return userIds;
    },

    /** Newest first, of those that happened in a stretch of time. */
    list: (userId: string, { before, from }: { before: string | undefined; from: string | undefined }) =>
      prisma.accountEvent.findMany({
        where: { userId, at: { ...(before !== undefined && { lt: before }), ...(from !== undefined && { gte: from }) } },
        orderBy: [{ at: 'desc' }, { id: 'desc' }],
      }),

    async unread(userIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
      const { rows } = await database.query<{ userId: string; count: number }>({
        name: 'notifications.unread',
        text: `SELECT user_id AS "userId", count(*)::int AS count FROM account_events WHERE user_id = ANY($1::uuid[]) AND read_at IS NULL GROUP BY user_id`,
        values: [userIds],
      });
      return new Map(rows.map(({ userId, count }) => [userId, count]));
    },

    /** Those of these ids, or all of them. Tells whether something became read. */
    async read(userId: string, ids: readonly string[] | 'all', now: Date): Promise<boolean> {
      const { count } = await prisma.accountEvent.updateMany({
        where: { userId, readAt: null, ...(ids !== 'all' && { id: { in: [...ids] } }) },
        data: { readAt: now },
      });
      return count > 0;
    },
  };
}

export type AccountEvents = ReturnType<typeof createAccountEvents>;

const storing = `
  INSERT INTO account_events (id, user_id, number, what, device_name, at, read_at)
  SELECT r.id, r."userId", r.number, r.what, r."deviceName", r.at,
    CASE WHEN r.what = 'logged-in' AND row_number() OVER (PARTITION BY r."userId" ORDER BY r.number) = 1
      AND NOT EXISTS (SELECT FROM account_events e WHERE e.user_id = r."userId") THEN r.at END
  FROM jsonb_to_recordset($1::jsonb) AS r (id uuid, "userId" uuid, number int, what text, "deviceName" text, at timestamptz)
  WHERE NOT EXISTS (SELECT FROM gone_people g WHERE g.user_id = r."userId")
  ON CONFLICT DO NOTHING RETURNING user_id AS "userId"`;

const pruning = `
  DELETE FROM account_events WHERE id IN (
    SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY user_id ORDER BY at DESC, id DESC) AS place FROM account_events WHERE user_id = ANY($1::uuid[])) AS placed
    WHERE place > $2)`;

import { transaction } from '@parley/common/database';
import type { Departure } from '@parley/common/registry';
import { instant } from '@parley/common/server';
import type { Pool } from 'pg';

/** Somebody's presence as it is kept. */
export interface PresenceRecord {
  readonly userId: string;
  readonly number: number;
  readonly online: boolean;
  readonly seenAt: Date;
  readonly hidesLastSeen: boolean;
}

const columns = `p.user_id AS "userId", p.number, p.online, p.seen_at AS "seenAt",
  coalesce((SELECT NOT f.show_last_seen FROM preferences f WHERE f.user_id = p.user_id), false) AS "hidesLastSeen"`;

/** Whoever asks the registry while the rows are locked; undefined while nobody can tell. */
export type StillAbsent = (userIds: readonly string[]) => Promise<readonly string[] | undefined>;

/**
 * What is kept of who is here, and its numbers: in PostgreSQL, so that they grow whatever becomes of Redis or the pods.
 * Rows are always locked in the order of their ids.
 */
export function createPresenceRecords(database: Pool) {
  const query = async (name: string, text: string, values: unknown[]) =>
    (await database.query<PresenceRecord>({ name: `notifications.${name}`, text, values })).rows;

  return {
    /** Those of these people, whose devices are registered, for whom it is news. */
    arrive: (userIds: readonly string[], now: number) => query('arrive', arriving, [userIds, instant(now)]),

    /** Those of these people for whom it is news, and whom the registry does not know meanwhile; undefined while nobody can tell. */
    leave: (departures: readonly Departure[], stillAbsent: StillAbsent) =>
      transaction(database, async (client) => {
        const { rows } = await client.query<{ userId: string }>(locking, [departures.map(({ userId }) => userId)]);
        if (rows.length === 0) return [];
        const absent = await stillAbsent(rows.map(({ userId }) => userId));
        if (absent === undefined) return;
        const since = new Map(departures.map((departure) => [departure.userId, departure.since]));
        const values = [absent, absent.map((userId) => instant(since.get(userId) as number))];
        return (await client.query<PresenceRecord>(leaving, values)).rows;
      }),

    /** Told anew, under a new number, though nothing moved: what may be said of it has changed. */
    touch: (userId: string) => query('touch', touching, [userId]),

    told: (records: readonly PresenceRecord[]) =>
      query('told', telling, [records.map(({ userId }) => userId), records.map(({ number }) => number)]),

    /** What nobody has told though it is some seconds old: its pod died, or the bus was away. */
    untold: (limit: number) => query('untold', untelling, [limit]),

    find: async (userIds: readonly string[]) =>
      new Map(
        (await query('find', `SELECT ${columns} FROM presence p WHERE p.user_id = ANY($1::uuid[])`, [userIds])).map((record) => [
          record.userId,
          record,
        ]),
      ),

    onlineAfter: async (userId: string, limit: number) =>
      (await query('online', onlinePage, [userId, limit])).map((record) => record.userId),

    async countOnline(): Promise<number> {
      const { rows } = await database.query<{ count: number }>('SELECT count(*)::int AS count FROM presence WHERE online');
      return rows[0]?.count ?? 0;
    },

    /** When some pod was last alive, before now. */
    async signOfLife(now: number): Promise<number | undefined> {
      const { rows } = await database.query<{ before: Date | null }>({ name: 'notifications.sign', text: signing, values: [instant(now)] });
      return rows[0]?.before?.getTime();
    },
  };
}

export type PresenceRecords = ReturnType<typeof createPresenceRecords>;

const arriving = `
  INSERT INTO presence AS p (user_id, number, online, seen_at)
  SELECT arrived.id, 1, true, $2::timestamptz FROM unnest($1::uuid[]) AS arrived (id)
  WHERE NOT EXISTS (SELECT FROM gone_people g WHERE g.user_id = arrived.id) ORDER BY arrived.id
  ON CONFLICT (user_id) DO UPDATE SET online = true, number = p.number + 1, seen_at = excluded.seen_at, changed_at = now() WHERE NOT p.online
  RETURNING ${columns}`;

const locking = `SELECT user_id AS "userId" FROM presence WHERE user_id = ANY($1::uuid[]) AND online ORDER BY user_id FOR UPDATE`;

const leaving = `
  UPDATE presence p SET online = false, number = p.number + 1, seen_at = d.since, changed_at = now()
  FROM unnest($1::uuid[], $2::timestamptz[]) AS d (user_id, since) WHERE p.user_id = d.user_id
  RETURNING ${columns}`;

const touching = `UPDATE presence p SET number = p.number + 1, changed_at = now() WHERE p.user_id = $1 RETURNING ${columns}`;

const telling = `
  UPDATE presence p SET told = t.number FROM unnest($1::uuid[], $2::int[]) AS t (user_id, number)
  WHERE p.user_id = t.user_id AND p.told < t.number AND p.user_id IN (
    SELECT user_id FROM presence WHERE user_id = ANY($1::uuid[]) ORDER BY user_id FOR UPDATE)`;

const untelling = `SELECT ${columns} FROM presence p WHERE p.told < p.number AND p.changed_at < now() - interval '3 seconds' LIMIT $1`;

const onlinePage = `SELECT ${columns} FROM presence p WHERE p.online AND p.user_id > $1::uuid ORDER BY p.user_id LIMIT $2`;

const signing = `
  WITH kept AS (SELECT at FROM sign_of_life)
  INSERT INTO sign_of_life AS s (at) VALUES ($1::timestamptz) ON CONFLICT (id) DO UPDATE SET at = greatest(s.at, excluded.at)
  RETURNING (SELECT at FROM kept) AS before`;

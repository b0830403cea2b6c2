import type { EventData, Person } from '@parley/common/contracts';
import { nameKey } from '@parley/common/contracts';
import { transaction } from '@parley/common/database';
import type { Pool } from 'pg';
import { searchKeys } from './names.ts';

/** What a page shows of a person, as it stands in the database. */
export interface PersonRow {
  readonly userId: string;
  readonly userName: string;
  readonly displayName: string;
  readonly about: string;
  readonly pictureId: string | null;
  readonly profileNumber: number;
  readonly away: boolean;
  readonly presenceNumber: number | null;
  readonly seenAt: Date | null;
  readonly hidesLastSeen: boolean;
}

/** A person before it was decided what of their presence somebody is shown. */
export type Known = Person & { readonly hidesLastSeen: boolean };

export const personColumns = `p.user_id AS "userId", p.user_name AS "userName", p.display_name AS "displayName", p.about,
  p.picture_id AS "pictureId", p.profile_number AS "profileNumber", p.away, p.presence_number AS "presenceNumber", p.seen_at AS "seenAt",
  p.hides_last_seen AS "hidesLastSeen"`;

export const toKnown = ({ away, presenceNumber, seenAt, ...profile }: PersonRow): Known => ({
  userId: profile.userId,
  userName: profile.userName,
  displayName: profile.displayName,
  about: profile.about,
  pictureId: profile.pictureId,
  profileNumber: profile.profileNumber,
  presence: presenceNumber === null ? 'unknown' : away ? 'offline' : 'online',
  lastSeenAt: seenAt?.toISOString() ?? null,
  presenceNumber: presenceNumber ?? 0,
  hidesLastSeen: profile.hidesLastSeen,
});

/** Who registers has not been here yet; of whom a rebuild finds nobody can tell. */
export type FirstPresence = 'offline' | 'unknown';

/** Takes the first word of each account; what the person has changed since is theirs, and who has gone stays gone. */
export async function register(
  database: Pool,
  registered: readonly EventData<'user.registered'>[],
  presence: FirstPresence,
): Promise<void> {
  if (registered.length === 0) return;
  const people = [...new Map(registered.map((data) => [data.userId, data])).values()].map((data) => ({
    ...data,
    nameKey: nameKey(data.displayName),
    searchKeys: searchKeys(data.userName, data.displayName),
  }));
  await database.query({
    name: 'users.register',
    text: registering,
    values: [JSON.stringify(people.sort(byId)), presence === 'offline' ? 0 : null],
  });
}

const byId = (one: { userId: string }, other: { userId: string }) => (one.userId < other.userId ? -1 : 1);

const registering = `
  WITH listed AS (
    INSERT INTO people AS p (user_id, account_number, registered_at, user_name, display_name, name_key, search_keys, presence_number)
    SELECT "userId", number, at, "userName", "displayName", "nameKey", "searchKeys", $2::int
    FROM jsonb_to_recordset($1::jsonb) AS r ("userId" uuid, number int, at timestamptz, "userName" text, "displayName" text, "nameKey" text, "searchKeys" text[])
    ON CONFLICT (user_id) DO UPDATE SET
      account_number = greatest(p.account_number, excluded.account_number), registered_at = excluded.registered_at,
      user_name = excluded.user_name, display_name = excluded.display_name,
      name_key = excluded.name_key, search_keys = excluded.search_keys,
      presence_number = coalesce(p.presence_number, excluded.presence_number)
    WHERE NOT p.gone AND p.user_name IS NULL
    RETURNING user_id, search_keys
  )
  INSERT INTO search_keys (key, user_id) SELECT unnest(search_keys), user_id FROM listed ON CONFLICT DO NOTHING`;

/** Erases whatever is kept of them; only the number stays. */
export async function remove(database: Pool, deleted: readonly EventData<'user.deleted'>[]): Promise<void> {
  if (deleted.length === 0) return;
  const leaving = [...new Map(deleted.map((data) => [data.userId, data])).values()].sort(byId);
  const ids = leaving.map(({ userId }) => userId);
  await transaction(database, async (client) => {
    // First the rows are ours, so that the statements after it see whatever was changed before.
    await client.query(
      `INSERT INTO people AS p (user_id, account_number) SELECT * FROM unnest($1::uuid[], $2::int[])
       ON CONFLICT (user_id) DO UPDATE SET account_number = greatest(p.account_number, excluded.account_number)`,
      [ids, leaving.map(({ number }) => number)],
    );
    await client.query(
      `DELETE FROM search_keys k USING people p, unnest(p.search_keys) AS s (key)
       WHERE p.user_id = ANY($1) AND k.user_id = p.user_id AND k.key = s.key`,
      [ids],
    );
    await client.query('DELETE FROM blocks WHERE user_id = ANY($1) OR peer_id = ANY($1)', [ids]);
    await client.query('DELETE FROM pictures WHERE user_id = ANY($1)', [ids]);
    // What was not told yet would tell of somebody who is no more.
    await client.query('DELETE FROM outbox WHERE key = ANY($1)', [ids]);
    await client.query(
      `UPDATE people SET gone = true, registered_at = NULL, user_name = NULL, display_name = NULL, name_key = NULL, search_keys = '{}',
         about = '', picture_id = NULL, profile_number = 0, away = true, presence_number = NULL, seen_at = NULL, hides_last_seen = false
       WHERE user_id = ANY($1) AND NOT gone`,
      [ids],
    );
  });
}

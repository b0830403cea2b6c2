import { nameKey, ParleyError, type Profile } from '@parley/common/contracts';
import { type Outbox, transaction } from '@parley/common/database';
import { type Clock, instant } from '@parley/common/server';
import type { Pool, PoolClient } from 'pg';
import { searchKeys } from './names.ts';
import { type Known, type PersonRow, personColumns, toKnown } from './people.ts';

/** How somebody wants to appear from now on; what is not said stays. */
export type Change = Partial<Pick<Profile, 'displayName' | 'about' | 'pictureId'>>;

export interface Profiles {
  find(userIds: readonly string[]): Promise<Known[]>;
  /** `within` does what belongs to the change, in its transaction. A change that alters nothing is not told to anybody. */
  change(userId: string, change: Change, within?: (client: PoolClient) => Promise<unknown>): Promise<Known>;
}

export interface ProfilesOptions {
  readonly database: Pool;
  readonly outbox: Outbox<'user.updated'>;
  readonly clock: Clock;
  /** After the commit of a change. */
  readonly onChanged: () => Promise<void>;
}

export function createProfiles({ database, outbox, clock, onChanged }: ProfilesOptions): Profiles {
  /** Whoever has just signed up may be here before the event of it. */
  const arrived = async (userId: string) => {
    for (const deadline = clock.now() + ARRIVES_WITHIN_MS; !(await isHere(database, userId)); await clock.sleep(ASK_AGAIN_MS)) {
      if (clock.now() >= deadline) throw new ParleyError('unavailable', { retryAfter: ARRIVES_WITHIN_MS / 1000 });
    }
  };

  return {
    async find(userIds) {
      const { rows } = await database.query<PersonRow>({
        name: 'users.find',
        text: `SELECT ${personColumns} FROM people p WHERE p.user_id = ANY($1::uuid[]) AND p.name_key IS NOT NULL`,
        values: [userIds],
      });
      return rows.map(toKnown);
    },

    async change(userId, change, within) {
      await arrived(userId);
      const [before, after] = await transaction(database, async (client) => {
        const row = await lock(client, userId);
        const changed = { ...row, ...change };
        if (isSame(row, changed)) return [row, row];
        const stored = { ...changed, profileNumber: row.profileNumber + 1 };
        await store(client, stored);
        await within?.(client);
        await outbox.append(client, [{ name: 'user.updated', data: factOf(stored, clock.now()) }]);
        await outbox.reduce(client, userId);
        return [row, stored];
      });
      if (after !== before) {
        outbox.wake();
        await onChanged();
      }
      return toKnown(after);
    },
  };
}

/** After signing up the event of it is on its way; how long a change waits for it, and how soon it is worth asking again. */
const ARRIVES_WITHIN_MS = 1_000;
const ASK_AGAIN_MS = 50;

/** Also of who has gone: they are known here. */
async function isHere(database: Pool, userId: string): Promise<boolean> {
  const { rowCount } = await database.query({
    name: 'users.here',
    text: 'SELECT 1 FROM people WHERE user_id = $1 AND (user_name IS NOT NULL OR gone)',
    values: [userId],
  });
  return rowCount === 1;
}

async function lock(client: PoolClient, userId: string): Promise<PersonRow> {
  const { rows } = await client.query<PersonRow & { gone: boolean }>(
    `SELECT ${personColumns}, p.gone FROM people p WHERE p.user_id = $1 FOR UPDATE`,
    [userId],
  );
  if (!rows[0] || rows[0].gone) throw new ParleyError('signed-out');
  const { gone: _gone, ...row } = rows[0];
  return row;
}

const isSame = (one: PersonRow, other: PersonRow) =>
  one.displayName === other.displayName && one.about === other.about && one.pictureId === other.pictureId;

async function store(client: PoolClient, { userId, userName, displayName, about, pictureId, profileNumber }: PersonRow) {
  const keys = searchKeys(userName, displayName);
  await client.query(
    `DELETE FROM search_keys k USING people p, unnest(p.search_keys) AS s (key)
     WHERE p.user_id = $1 AND k.user_id = p.user_id AND k.key = s.key AND NOT k.key = ANY($2)`,
    [userId, keys],
  );
  await client.query('INSERT INTO search_keys (key, user_id) SELECT unnest($2::text[]), $1 ON CONFLICT DO NOTHING', [userId, keys]);
  await client.query(
    `UPDATE people SET display_name = $2, name_key = $3, search_keys = $4, about = $5, picture_id = $6, profile_number = $7 WHERE user_id = $1`,
    [userId, displayName, nameKey(displayName), keys, about, pictureId, profileNumber],
  );
}

const factOf = ({ userId, userName, displayName, about, pictureId, profileNumber }: PersonRow, now: number) => ({
  userId,
  userName,
  displayName,
  about,
  pictureId,
  number: profileNumber,
  at: instant(now),
});

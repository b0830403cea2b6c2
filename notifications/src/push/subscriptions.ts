import { limits, ParleyError, type PushTarget, uuidv7 } from '@parley/common/contracts';
import { transaction } from '@parley/common/database';
import { instant } from '@parley/common/server';
import type { Pool } from 'pg';
import type { Preferences } from '../preferences.ts';
import { isPoint } from './encryption.ts';
import type { Endpoints } from './endpoints.ts';

export interface SubscriptionsOptions {
  readonly database: Pool;
  readonly endpoints: Endpoints;
  readonly preferences: Pick<Preferences, 'pushesChanged'>;
  readonly now: () => number;
}

const AUTH_BYTES = 16;

/** Which browsers are notified while Parley is closed there: one a session, and no longer than it. */
export function createSubscriptions({ database, endpoints, preferences, now }: SubscriptionsOptions) {
  const remove = async (column: 'id' | 'session_id', ids: readonly string[]) => {
    if (ids.length === 0) return;
    const { rows } = await database.query<Owner>(
      `DELETE FROM push_subscriptions WHERE ${column} = ANY($1::uuid[]) RETURNING user_id AS "userId"`,
      [ids],
    );
    await preferences.pushesChanged(rows.map(({ userId }) => userId));
  };

  return {
    async has(sessionId: string): Promise<boolean> {
      const { rowCount } = await database.query('SELECT FROM push_subscriptions WHERE session_id = $1', [sessionId]);
      return rowCount === 1;
    },

    async put({ userId, sessionId }: { userId: string; sessionId: string }, { endpoint, keys }: PushTarget): Promise<void> {
      const [p256dh, auth] = [Buffer.from(keys.p256dh, 'base64url'), Buffer.from(keys.auth, 'base64url')];
      if (!isPoint(p256dh))
        throw new ParleyError('invalid-input', { details: [{ field: 'keys.p256dh', message: 'not a point on P-256' }] });
      if (auth.length !== AUTH_BYTES)
        throw new ParleyError('invalid-input', { details: [{ field: 'keys.auth', message: 'not 16 bytes' }] });
      await endpoints.check(endpoint);
      const before = await transaction(database, async (client) => {
        // Whoever was signed in on this browser before must not be heard of here any more.
        const { rows } = await client.query<Owner>(replacing, [sessionId, endpoint]);
        await client.query(storing, [uuidv7(now()), userId, sessionId, endpoint, p256dh, auth, instant(now())]);
        await client.query(pruning, [userId, limits.pushSubscriptions]);
        return rows;
      });
      await preferences.pushesChanged([userId, ...before.map((owner) => owner.userId)]);
    },

    remove: (ids: readonly string[]) => remove('id', ids),
    /** These sessions are over. */
    endSessions: (sessionIds: readonly string[]) => remove('session_id', sessionIds),
  };
}

export type Subscriptions = ReturnType<typeof createSubscriptions>;

interface Owner {
  readonly userId: string;
}

const replacing = `DELETE FROM push_subscriptions WHERE session_id = $1 OR endpoint = $2 RETURNING user_id AS "userId"`;

const storing = `
  INSERT INTO push_subscriptions (id, user_id, session_id, endpoint, p256dh, auth, created_at)
  SELECT $1, $2::uuid, $3, $4, $5, $6, $7 WHERE NOT EXISTS (SELECT FROM gone_people g WHERE g.user_id = $2::uuid)
  ON CONFLICT DO NOTHING`;

const pruning = `
  DELETE FROM push_subscriptions WHERE id IN (
    SELECT id FROM push_subscriptions WHERE user_id = $1 ORDER BY created_at DESC, id DESC OFFSET $2)`;

import type { Bus } from '@parley/common/bus';
import type { EventData, NotificationSettings } from '@parley/common/contracts';
import type { Logger } from '@parley/common/server';
import type { Pool } from 'pg';
import { together } from './together.ts';

interface Row {
  readonly userId: string;
  readonly number: number;
  readonly doNotDisturbUntil: Date | null;
  readonly showLastSeen: boolean;
  readonly previews: boolean;
  readonly pushes: boolean;
}

/** As a pod keeps them for who is connected. */
export interface OwnPreferences {
  readonly showLastSeen: boolean;
  /** Milliseconds since 1970. */
  readonly doNotDisturbUntil: number;
  /** A browser of theirs is notified while it is closed. */
  readonly pushes: boolean;
}

const columns = `user_id AS "userId", number, do_not_disturb_until AS "doNotDisturbUntil", show_last_seen AS "showLastSeen", previews, pushes`;

export interface PreferencesOptions {
  readonly database: Pool;
  readonly bus: Bus;
  readonly log: Logger;
  /** Somebody's last seen is shown from now on, or no more. */
  readonly onShown: (userId: string) => Promise<void>;
}

/** What people decided about their notifications. */
export function createPreferences({ database, bus, log, onShown }: PreferencesOptions) {
  const find = together(async (userIds) => {
    const { rows } = await database.query<Row>({
      name: 'notifications.preferences',
      text: `SELECT ${columns} FROM preferences WHERE user_id = ANY($1::uuid[])`,
      values: [userIds],
    });
    return new Map(rows.map((row) => [row.userId, row]));
  });

  const publish = ({ userId, number, pushes, ...settings }: Row) =>
    bus.publish('preferences.changed', { userId, number, pushes, ...toSettings(settings) }).catch((error: unknown) => {
      // Pods that did not hear it learn of it when they notice the gap.
      log.warn({ error }, 'changed preferences could not be told');
    });

  return {
    async of(userId: string): Promise<OwnPreferences> {
      const row = await find(userId);
      return { ...toOwn(toSettings(row)), pushes: row?.pushes ?? false };
    },
    async read(userId: string): Promise<NotificationSettings> {
      return toSettings(await find(userId));
    },
    async change(userId: string, change: Partial<NotificationSettings>): Promise<NotificationSettings> {
      const { doNotDisturbUntil, showLastSeen, previews } = change;
      const { rows } = await database.query<Row & { wasShown: boolean | null }>(changing, [
        userId,
        doNotDisturbUntil !== undefined,
        doNotDisturbUntil ?? null,
        showLastSeen ?? null,
        previews ?? null,
      ]);
      const { wasShown, ...row } = rows[0] as Row & { wasShown: boolean | null };
      if ((wasShown ?? true) !== row.showLastSeen) await onShown(userId);
      void publish(row);
      return toSettings(row);
    },
    /** Browsers of these people came or went. */
    async pushesChanged(userIds: readonly string[]): Promise<void> {
      if (userIds.length === 0) return;
      const { rows } = await database.query<Row>(recounting, [[...new Set(userIds)].sort()]);
      for (const row of rows) void publish(row);
    },
  };
}

export type Preferences = ReturnType<typeof createPreferences>;

/** A field that is not given stays. */
const changing = `
  WITH before AS (SELECT show_last_seen FROM preferences WHERE user_id = $1)
  INSERT INTO preferences AS p (user_id, do_not_disturb_until, show_last_seen, previews) VALUES ($1, $3, coalesce($4, true), coalesce($5, true))
  ON CONFLICT (user_id) DO UPDATE SET number = p.number + 1,
    do_not_disturb_until = CASE WHEN $2 THEN excluded.do_not_disturb_until ELSE p.do_not_disturb_until END,
    show_last_seen = coalesce($4, p.show_last_seen), previews = coalesce($5, p.previews)
  RETURNING ${columns}, (SELECT show_last_seen FROM before) AS "wasShown"`;

const recounting = `
  INSERT INTO preferences AS p (user_id, pushes)
  SELECT u.id, EXISTS (SELECT FROM push_subscriptions s WHERE s.user_id = u.id) FROM unnest($1::uuid[]) AS u (id)
  WHERE NOT EXISTS (SELECT FROM gone_people g WHERE g.user_id = u.id) ORDER BY u.id
  ON CONFLICT (user_id) DO UPDATE SET number = p.number + 1, pushes = excluded.pushes WHERE p.pushes <> excluded.pushes
  RETURNING ${columns}`;

const toSettings = (row: Pick<Row, 'doNotDisturbUntil' | 'showLastSeen' | 'previews'> | undefined): NotificationSettings => ({
  doNotDisturbUntil: row?.doNotDisturbUntil?.toISOString() ?? null,
  showLastSeen: row?.showLastSeen ?? true,
  previews: row?.previews ?? true,
});

export const toOwn = ({
  doNotDisturbUntil,
  showLastSeen,
}: Pick<EventData<'preferences.changed'>, 'doNotDisturbUntil' | 'showLastSeen'>): Omit<OwnPreferences, 'pushes'> => ({
  showLastSeen,
  doNotDisturbUntil: doNotDisturbUntil === null ? 0 : Date.parse(doNotDisturbUntil),
});

import type { Person } from '@parley/common/contracts';
import type { Pool } from 'pg';
import type { Known } from './people.ts';

/** Who asks, as far as it decides what they are shown. */
export interface Viewer {
  readonly userId: string;
  readonly hidesLastSeen: boolean;
  /** Between whom and them one has blocked the other, whichever. */
  readonly blocks: ReadonlySet<string>;
}

export async function findViewer(database: Pool, userId: string): Promise<Viewer> {
  const { rows } = await database.query<{ hidesLastSeen: boolean | null; blocks: string[] }>({
    name: 'users.viewer',
    text: `
      SELECT (SELECT hides_last_seen FROM people WHERE user_id = $1) AS "hidesLastSeen",
        ARRAY(SELECT peer_id::text FROM blocks WHERE user_id = $1 AND blocked UNION SELECT user_id::text FROM blocks WHERE peer_id = $1 AND blocked) AS blocks`,
    values: [userId],
  });
  return { userId, hidesLastSeen: rows[0]?.hidesLastSeen ?? false, blocks: new Set(rows[0]?.blocks) };
}

/**
 * The one place that decides what somebody is shown of another's presence. Across a block: long gone, like one who was
 * never here. The times are shown only between two who both show theirs. And a pod that hears nothing can't tell who is
 * here, which is not the same as offline.
 */
export function shownTo(viewer: Viewer, { hidesLastSeen, ...person }: Known, hearing: boolean): Person {
  const blocked = viewer.blocks.has(person.userId);
  if (blocked) return { ...person, presence: hearing ? 'offline' : 'unknown', lastSeenAt: null, presenceNumber: 0 };
  const presence = hearing ? person.presence : 'unknown';
  const showsTimes = person.userId === viewer.userId || !(hidesLastSeen || viewer.hidesLastSeen);
  return { ...person, presence, lastSeenAt: showsTimes ? person.lastSeenAt : null };
}

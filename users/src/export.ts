import { ParleyError, type ProfileExport } from '@parley/common/contracts';
import { instant } from '@parley/common/server';
import type { Pool } from 'pg';

interface Row {
  readonly userName: string | null;
  readonly gone: boolean;
  readonly displayName: string;
  readonly about: string;
  readonly registeredAt: Date;
  readonly seenAt: Date | null;
  readonly hidesLastSeen: boolean;
  readonly mediaType: string | null;
  readonly bytes: Buffer | null;
  readonly blocked: string[];
}

/** [D8] Who blocks somebody is not theirs to take along: they can’t tell. */
const reading = `
  SELECT p.user_name AS "userName", p.gone, p.display_name AS "displayName", p.about, p.registered_at AS "registeredAt", p.seen_at AS "seenAt",
    p.hides_last_seen AS "hidesLastSeen", i.media_type AS "mediaType", i.bytes,
    ARRAY(SELECT b.peer_id::text FROM blocks b WHERE b.user_id = p.user_id AND b.blocked ORDER BY b.peer_id) AS blocked
  FROM people p LEFT JOIN pictures i ON i.user_id = p.user_id WHERE p.user_id = $1`;

/** All that users keeps of somebody, in one piece. */
export async function exportProfile(database: Pool, userId: string): Promise<ProfileExport> {
  const { rows } = await database.query<Row>(reading, [userId]);
  const [row] = rows;
  if (row?.gone) throw new ParleyError('signed-out');
  // The event of whoever has just signed up is on its way.
  if (!row || row.userName === null) throw new ParleyError('unavailable', { retryAfter: 1 });
  const { userName, displayName, about, registeredAt, seenAt, hidesLastSeen, mediaType, bytes, blocked } = row;
  return {
    profile: { userId, userName, displayName, about, registeredAt: instant(registeredAt.getTime()) },
    picture: mediaType !== null && bytes ? { mediaType, base64: bytes.toString('base64') } : null,
    lastSeenAt: seenAt && instant(seenAt.getTime()),
    hidesLastSeen,
    blocked,
  };
}

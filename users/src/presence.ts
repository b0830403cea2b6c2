import type { EventData, Fact } from '@parley/common/contracts';
import type { Pool } from 'pg';

export type PresenceFact = Fact<'user.online' | 'user.offline'>;
type Moved = EventData<'user.online'> & { readonly away: boolean };

/** Takes the newest word about each person, whichever order they come in; it may be the first that is heard of somebody. */
export async function move(database: Pool, facts: readonly PresenceFact[]): Promise<void> {
  if (facts.length === 0) return;
  const moved = newest(facts);
  await database.query({
    name: 'users.move',
    text: moving,
    values: [
      moved.map(({ userId }) => userId),
      moved.map(({ away }) => away),
      moved.map(({ number }) => number),
      moved.map(({ at }) => at),
      moved.map(({ hidesLastSeen = false }) => hidesLastSeen),
    ],
  });
}

function newest(facts: readonly PresenceFact[]): Moved[] {
  const byPerson = new Map<string, Moved>();
  for (const { name, data } of facts) {
    if ((byPerson.get(data.userId)?.number ?? 0) < data.number) byPerson.set(data.userId, { ...data, away: name === 'user.offline' });
  }
  return [...byPerson.values()].sort((one, other) => (one.userId < other.userId ? -1 : 1));
}

const moving = `
  INSERT INTO people AS p (user_id, away, presence_number, seen_at, hides_last_seen)
  SELECT * FROM unnest($1::uuid[], $2::bool[], $3::int[], $4::timestamptz[], $5::bool[])
  ON CONFLICT (user_id) DO UPDATE SET away = excluded.away, presence_number = excluded.presence_number,
    seen_at = excluded.seen_at, hides_last_seen = excluded.hides_last_seen
  WHERE NOT p.gone AND coalesce(p.presence_number, 0) < excluded.presence_number`;

import type { EventData, Fact } from '@parley/common/contracts';
import type { Pool } from 'pg';

export type BlockFact = Fact<'person.blocked' | 'person.unblocked'>;
type Decided = Pick<EventData<'person.blocked'>, 'userId' | 'peerId' | 'number'> & { readonly blocked: boolean };

/** Takes the newest word of each about each; nothing is kept of somebody who has gone. */
export async function block(database: Pool, facts: readonly BlockFact[]): Promise<void> {
  await keepBlocks(
    database,
    facts.map(({ name, data }) => ({ ...data, blocked: name === 'person.blocked' })),
  );
}

export async function keepBlocks(database: Pool, decided: readonly Decided[]): Promise<void> {
  if (decided.length === 0) return;
  const blocks = newest(decided);
  await database.query({
    name: 'users.block',
    text: blocking,
    values: [
      blocks.map(({ userId }) => userId),
      blocks.map(({ peerId }) => peerId),
      blocks.map(({ number }) => number),
      blocks.map(({ blocked }) => blocked),
    ],
  });
}

function newest(decided: readonly Decided[]): Decided[] {
  const byPair = new Map<string, Decided>();
  for (const one of decided) {
    const pair = `${one.userId} ${one.peerId}`;
    if ((byPair.get(pair)?.number ?? -1) < one.number) byPair.set(pair, one);
  }
  return [...byPair.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, one]) => one);
}

const blocking = `
  INSERT INTO blocks AS b (user_id, peer_id, number, blocked)
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::bool[]) AS n (user_id, peer_id, number, blocked)
  WHERE NOT EXISTS (SELECT 1 FROM people p WHERE p.user_id IN (n.user_id, n.peer_id) AND p.gone)
  ON CONFLICT (user_id, peer_id) DO UPDATE SET number = excluded.number, blocked = excluded.blocked
  WHERE b.number < excluded.number`;

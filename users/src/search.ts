import { byCodePoints, type Input, type userRoutes } from '@parley/common/contracts';
import type { Pool } from 'pg';
import { decodePlace, encodePlace } from './cursor.ts';
import type { Page } from './directory.ts';
import { isFirstMatch, searchPrefixes } from './names.ts';
import { type PersonRow, personColumns, toKnown } from './people.ts';

export type Searching = Input<typeof userRoutes.searchPeople>;

interface Match extends PersonRow {
  readonly key: string;
  readonly searchKeys: readonly string[];
}

/** Rows read for one page at the most; a page that is not full by then says where to go on. */
const ROUNDS = 4;

/**
 * Who is called so: the exact user name first, then user names that begin so, then names by the word that begins so.
 * That is the order of the index, so that a page costs what it shows, however many there are.
 */
export async function searchPeople(database: Pool, { q, after, limit }: Searching): Promise<Page> {
  const prefixes = searchPrefixes(q);
  const found: Match[] = [];
  const place = decodePlace('search', after);
  let from: Spot | undefined = place && { key: place[1], userId: place[2] };
  for (let round = 0; round < ROUNDS; round += 1) {
    const matches = await read(database, prefixes, from, limit + 1);
    found.push(...matches.filter(({ key, searchKeys }) => isFirstMatch(key, searchKeys, prefixes)));
    from = matches.length > limit ? matches.at(-1) : undefined;
    if (from === undefined || found.length > limit) break;
  }
  const shown = found.slice(0, limit);
  const last = found.length > limit ? shown.at(-1) : from;
  return { people: shown.map(toKnown), after: last ? encodePlace(['search', last.key, last.userId]) : null };
}

/** Greater than whatever begins like a prefix: no text holds this code point. */
const END = '\u{10ffff}';
const NOBODY = '00000000-0000-0000-0000-000000000000';

interface Spot {
  readonly key: string;
  readonly userId: string;
}

async function read(database: Pool, prefixes: readonly string[], from: Spot | undefined, limit: number): Promise<readonly Match[]> {
  const ranges = prefixes.filter((prefix) => !from || byCodePoints(from.key, prefix + END) < 0);
  if (ranges.length === 0) return [];
  const { rows } = await database.query<Match>({
    name: `users.search.${ranges.length}`,
    text: searching(ranges.length),
    values: [limit, ...ranges.flatMap((prefix) => [...beginning(prefix, from), prefix + END])],
  });
  return rows;
}

/** One lower bound, the higher of the two: PostgreSQL would begin to read at the other. */
const beginning = (prefix: string, from: Spot | undefined) =>
  from && byCodePoints(from.key, prefix) >= 0 ? [from.key, from.userId] : [prefix, NOBODY];

/** The ranges one after the other; the second is not touched while the first fills the page. */
function searching(ranges: number): string {
  const parts = Array.from({ length: ranges }, (_, index) => {
    const [key, userId, end] = [2, 3, 4].map((place) => `$${place + 3 * index}`);
    return `
      (SELECT key, user_id FROM search_keys
       WHERE (key, user_id) > (${key}::text, ${userId}::uuid) AND key < ${end}::text ORDER BY key, user_id LIMIT $1)`;
  });
  return `
    SELECT ${personColumns}, p.search_keys AS "searchKeys", k.key
    FROM (SELECT * FROM (${parts.join(' UNION ALL ')}) AS found LIMIT $1) k JOIN people p USING (user_id)
    ORDER BY k.key, k.user_id`;
}

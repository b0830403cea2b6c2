import { byCodePoints, type Input, type userRoutes } from '@parley/common/contracts';
import type { Pool } from 'pg';
import { decodePlace, encodePlace, type Place } from './cursor.ts';
import { type Known, type PersonRow, personColumns, toKnown } from './people.ts';

export type Listing = Input<typeof userRoutes.listPeople>;
/** Some people in an order, and where the ones behind them begin; null: nobody is left. */
export interface Page {
  readonly people: readonly Known[];
  readonly after: string | null;
}

type Listed = PersonRow & { readonly nameKey: string };

/** What each order goes by, in the order of its index, and the types of these columns. */
const orders = {
  name: { columns: ['p.name_key', 'p.user_id'], types: ['text', 'uuid'] },
  online: { columns: ['p.away', 'p.name_key', 'p.user_id'], types: ['bool', 'text', 'uuid'] },
} as const;

const nobody: ReadonlySet<string> = new Set();

/**
 * A page of everybody: the next ones behind the place where the page before ended, never a count of rows. Who is in
 * `apart` stands among those who are away, wherever they are.
 */
export async function listPeople(database: Pool, listing: Listing, apart = nobody): Promise<Page> {
  const { sort, direction, after, limit } = listing;
  const place = decodePlace(sort, after);
  // One more than asked for tells whether there is a next page.
  const rows =
    sort === 'online' && apart.size > 0
      ? await readApart(database, direction, place, limit + 1, [...apart])
      : await read(database, sort, direction, place, limit + 1);
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { people: shown.map(toKnown), after: last ? encodePlace(placeOf(sort, last)) : null };
}

type Direction = Listing['direction'];

async function read(
  database: Pool,
  sort: Listing['sort'],
  direction: Direction,
  place: Place | undefined,
  limit: number,
  without?: readonly string[],
) {
  const { rows } = await database.query<Listed>({
    name: `users.list.${sort}.${direction}.${place ? 'next' : 'first'}${without ? '.without' : ''}`,
    text: listing(sort, direction, place !== undefined, without !== undefined),
    values: [limit, ...(place?.slice(1) ?? []), ...(without ? [without] : [])],
  });
  return rows;
}

function listing(sort: Listing['sort'], direction: Direction, next: boolean, without: boolean): string {
  const { columns, types } = orders[sort];
  const [way, beyond] = direction === 'ascending' ? ['ASC', '>'] : ['DESC', '<'];
  const place = types.map((type, index) => `$${index + 2}::${type}`).join(', ');
  return `
    SELECT ${personColumns}, p.name_key AS "nameKey" FROM people p
    WHERE p.name_key IS NOT NULL ${next ? `AND (${columns.join(', ')}) ${beyond} (${place})` : ''}
      ${without ? `AND p.user_id <> ALL ($${next ? types.length + 2 : 2}::uuid[])` : ''}
    ORDER BY ${columns.map((column) => `${column} ${way}`).join(', ')} LIMIT $1`;
}

/** They are few: read all of them beside the page, and set into it where somebody away has their place. */
async function readApart(database: Pool, direction: Direction, place: Place | undefined, limit: number, apart: readonly string[]) {
  const others = read(database, 'online', direction, place, limit, apart);
  const { rows } = await database.query<Listed>({
    name: 'users.list.apart',
    text: `SELECT ${personColumns}, p.name_key AS "nameKey" FROM people p WHERE p.user_id = ANY ($1::uuid[]) AND p.name_key IS NOT NULL`,
    values: [apart],
  });
  const sign = direction === 'ascending' ? 1 : -1;
  const beyond = rows.map((row) => ({ ...row, away: true })).filter((row) => !place || sign * compare(row, listedAt(place)) > 0);
  return [...(await others), ...beyond].sort((one, other) => sign * compare(one, other)).slice(0, limit);
}

type Standing = Pick<Listed, 'away' | 'nameKey' | 'userId'>;

const compare = (one: Standing, other: Standing) =>
  Number(one.away) - Number(other.away) || byCodePoints(one.nameKey, other.nameKey) || byCodePoints(one.userId, other.userId);

const listedAt = (place: Place): Standing =>
  place[0] === 'online' ? { away: place[1], nameKey: place[2], userId: place[3] } : { away: true, nameKey: place[1], userId: place[2] };

const placeOf = (sort: Listing['sort'], { away, nameKey, userId }: Listed): Place =>
  sort === 'name' ? ['name', nameKey, userId] : ['online', away, nameKey, userId];

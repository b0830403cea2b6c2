import { ParleyError, personText, UserId } from '@parley/common/contracts';
import { z } from 'zod';

const Key = personText(128);
const Place = z.union([
  z.tuple([z.literal('name'), Key, UserId]),
  z.tuple([z.literal('online'), z.boolean(), Key, UserId]),
  z.tuple([z.literal('search'), Key, UserId]),
]);
/** Where a page ended: the last one shown, as its order sees them. */
export type Place = z.infer<typeof Place>;
type PlaceOf<K extends Place[0]> = Extract<Place, readonly [K, ...unknown[]]>;

export const encodePlace = (place: Place) => Buffer.from(JSON.stringify(place)).toString('base64url');

/** The place that a cursor of this kind of page says; another one is the caller's mistake. */
export function decodePlace<K extends Place[0]>(kind: K, cursor: string | undefined): PlaceOf<K> | undefined {
  if (cursor === undefined) return undefined;
  const place = Place.safeParse(parse(Buffer.from(cursor, 'base64url').toString()));
  if (place.success && place.data[0] === kind) return place.data as PlaceOf<K>;
  throw new ParleyError('invalid-input', { details: [{ field: 'after', code: 'custom', message: 'not a place in this list' }] });
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

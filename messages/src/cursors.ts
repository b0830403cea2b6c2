import { ParleyError } from '@parley/common/contracts';

/** Where a page ended, opaque to the client. */
export const writeCursor = (values: readonly (string | number | boolean)[]) =>
  Buffer.from(JSON.stringify(values.map(String))).toString('base64url');

/** What a list is ordered by. A cursor comes back from outside: nothing else may reach the database as such. */
const kinds = {
  flag: (value: string) => value === 'true' || value === 'false',
  number: (value: string) => /^\d{1,9}$/.test(value),
  id: (value: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value),
  // PostgreSQL knows no year 0.
  instant: (value: string) => /^\d{4}-.{18}Z$/.test(value) && !value.startsWith('0000') && isInstant(value),
};

const isInstant = (value: string) => !Number.isNaN(Date.parse(value)) && new Date(value).toISOString() === value;

export type Place = readonly (readonly [kind: keyof typeof kinds, beginning: string])[];

/** The values of a cursor, or those that the list begins with. */
export function readCursor(cursor: string | undefined, place: Place): string[] {
  if (cursor === undefined) return place.map(([, beginning]) => beginning);
  const values = parse(cursor);
  if (Array.isArray(values) && values.length === place.length && place.every(([kind], index) => fits(kind, values[index]))) return values;
  throw new ParleyError('invalid-input', { details: [{ field: 'after', message: 'not a place that a page ended at' }] });
}

const fits = (kind: keyof typeof kinds, value: unknown) => typeof value === 'string' && kinds[kind](value);

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}

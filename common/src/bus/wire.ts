import type { z } from 'zod';
import { commandEvents, type EventData, type EventName, ephemeralEvents, events, outcomeEvents, ParleyError } from '../contracts/index.ts';
import type { Heard } from './bus.ts';
import { shapeOf } from './shape.ts';

type Reading = { readonly data: unknown } | { readonly wrong: readonly { readonly field: string; readonly message: string }[] };
type Reader = (data: unknown) => Reading;

/** Reads by the whole schema: patterns and ranges too; what it does not know is left out. */
function parser(schema: z.ZodType): Reader {
  return (data) => {
    const result = schema.safeParse(data);
    if (result.success) return { data: result.data };
    return { wrong: result.error.issues.map((issue) => ({ field: issue.path.join('.'), message: issue.message })) };
  };
}

function glance(schema: z.ZodObject, strict: boolean): Reader {
  const fits = shapeOf(schema);
  const known = new Set(Object.keys(schema.shape));
  return (data) => {
    if (!fits(data)) return { wrong: [{ field: '', message: 'not of its shape' }] };
    const unknown = strict ? Object.keys(data as object).find((key) => !known.has(key)) : undefined;
    return unknown === undefined ? { data } : { wrong: [{ field: unknown, message: 'not in the contract' }] };
  };
}

/**
 * Publishers are strict, hearers take more than they know: so both sides of a rolling deploy understand each other.
 * Parsing an outcome costs more than all else that the bus does with it, and a service made it from what it stored;
 * commands come from outside, but are parsed before they are published. So these are glanced at where the whole schema was, or could be, applied before.
 */
const readers = (reader: (name: EventName) => Reader) =>
  new Map<string, Reader>((Object.keys(events) as EventName[]).map((name) => [name, reader(name)]));
const isOutcome = (name: string) => Object.hasOwn(outcomeEvents, name);
const isHot = (name: string) => isOutcome(name) || Object.hasOwn(commandEvents, name) || Object.hasOwn(ephemeralEvents, name);
const parsed = readers((name) => parser(events[name].data.strict()));
const published = readers((name) => (isOutcome(name) ? glance(events[name].data, true) : (parsed.get(name) as Reader)));
const heard = readers((name) => (isHot(name) ? glance(events[name].data, false) : parser(events[name].data)));

/** `thorough`: apply the whole schema whatever it costs, as tests do. */
export function checkFact<N extends EventName>(name: N, data: EventData<N>, thorough: boolean): EventData<N> {
  const reading = (thorough ? parsed : published).get(name)?.(data) ?? { wrong: [] };
  if ('data' in reading) return reading.data as EventData<N>;
  throw new ParleyError('invalid-input', { message: `The event ${name} is not as its contract says.`, details: reading.wrong });
}

export const packFact = (name: EventName, data: unknown, trace: string | undefined) => JSON.stringify({ name, data, trace });
export const packBody = (facts: readonly string[]) => `[${facts.join(',')}]`;

/** A fact, or what came in its place and why it is none. */
export type Unpacked = { readonly fact: Heard } | { readonly broken: unknown; readonly reason: string };

export const comesAgain = (unpacked: Unpacked): Unpacked => ('fact' in unpacked ? { fact: { ...unpacked.fact, again: true } } : unpacked);

/** What is in a body, in order, without the names that nobody asked for. */
export function unpackBody(body: string, wanted: ReadonlySet<string>): Unpacked[] {
  let entries: unknown;
  try {
    entries = JSON.parse(body);
  } catch {
    return [{ broken: body, reason: 'not JSON' }];
  }
  if (!Array.isArray(entries)) return [{ broken: entries, reason: 'not a list of facts' }];
  return entries.map((entry) => unpackFact(entry, wanted)).filter((unpacked) => unpacked !== undefined);
}

export function unpackFact(entry: unknown, wanted: ReadonlySet<string>): Unpacked | undefined {
  const { name, data, trace } = (entry ?? {}) as { name?: unknown; data?: unknown; trace?: unknown };
  if (typeof name !== 'string') return { broken: entry, reason: 'not a fact' };
  if (!wanted.has(name)) return undefined;
  const reading = heard.get(name)?.(data) ?? { wrong: [] };
  if ('wrong' in reading) return { broken: entry, reason: `not a ${name}: ${reading.wrong.map(({ field }) => field).join(', ')}` };
  return { fact: (typeof trace === 'string' ? { name, data: reading.data, trace } : { name, data: reading.data }) as Heard };
}

import { Away, Poison } from '../bus/index.ts';

/** Connecting failed or the link broke: Node's codes, and Prisma's names for the same. */
const brokenLinks = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
]);

/**
 * SQLSTATEs of a store that can't just now: connection (08), resources (53), operator and timeouts (57), the system
 * below it (58), a lock not to be had (55P03), a primary that has become a standby (25006).
 */
const awayStates = /^(08|53|57|58)[0-9A-Z]{3}$|^55P03$|^25006$/;
/** Data that doesn't fit (22) and constraints that say no (23). */
const poisonStates = /^2[23][0-9A-Z]{3}$/;
const poisonNames = new Set(['P2000', 'P2002', 'P2003', 'P2004', 'P2011', 'P2020']);

/** `pg` tells these by their sentence alone. */
const awaySentences =
  /timeout exceeded when trying to connect|Connection terminated|timeout expired|Query read timeout|not queryable|Cannot use a pool after calling end/;

/** The store is away, or too slow to be there: whatever was tried is as good as before, only later. */
export const isAway = (error: unknown) =>
  chain(error).some(
    ({ codes, message }) => codes.some((code) => brokenLinks.has(code) || awayStates.test(code)) || awaySentences.test(message),
  );

/** What was to be stored can never be: trying again gives the same. */
export const isPoison = (error: unknown) =>
  chain(error).some(({ codes }) => codes.some((code) => poisonStates.test(code) || poisonNames.has(code)));

/** What a hearer throws for an error of its store, so that the bus knows whether to wait, to split, or to try again. */
export function asHearing(error: unknown): unknown {
  if (error instanceof Away || error instanceof Poison) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (isAway(error)) return new Away(message, { cause: error });
  if (isPoison(error)) return new Poison(message, { cause: error });
  return error;
}

interface Link {
  readonly codes: readonly string[];
  readonly message: string;
}

/** An error and what lies behind it; Prisma hides PostgreSQL's own two layers down. */
function chain(error: unknown): Link[] {
  const links: Link[] = [];
  for (let next: unknown = error; typeof next === 'object' && next !== null && links.length < 8; ) {
    const { code, originalCode, kind, message, cause, meta } = next as Record<string, unknown>;
    links.push({
      codes: [code, originalCode, kind].filter((part) => typeof part === 'string'),
      message: typeof message === 'string' ? message : '',
    });
    next = cause ?? (meta as Record<string, unknown> | undefined)?.driverAdapterError;
  }
  return links;
}

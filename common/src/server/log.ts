import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger };

/**
 * What must never be written down, at whatever depth it turns up. `current` and `next` are the passwords of a change,
 * `detail` is where PostgreSQL quotes the values of a row, `q` what somebody searched for.
 */
const secrets = new Set(
  `password passwordhash current next secret token accesstoken refreshtoken invite authorization cookie cookies setcookie
  headers body text content preview about note q email login address detail details parameters values`.split(/\s+/),
);
const CENSORED = '[redacted]';
/** Deeper than anything that we log; whatever lies below is left out. */
const DEPTH = 6;

export interface LogOptions {
  /** Lines for people instead of JSON. */
  readonly readable?: boolean;
  readonly destination?: DestinationStream;
}

/** Structured logs: JSON lines in production, readable lines in development. Errors go under `error`. */
export function createLog(name: string, level: string, { readable = false, destination }: LogOptions = {}): Logger {
  const options = {
    name,
    level,
    formatters: { log: scrubbed },
    ...(readable && {
      transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname', singleLine: true } },
    }),
  };
  const log = destination ? pino(options, destination) : pino(options);
  const { child } = log;
  // pino formats what a child is bound to only on its own terms; children of children inherit this.
  log.child = function (bindings, childOptions) {
    return child.call(this, scrubbed(bindings), childOptions) as never;
  };
  return log;
}

const scrubbed = (fields: object) => scrub(fields, 0) as Record<string, unknown>;

function scrub(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return withoutCredentials(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEPTH) return '[…]';
  if (value instanceof Error) return describe(value, depth);
  if (value instanceof Date) return value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.map((part) => scrub(part, depth + 1));
  const entries = value instanceof Map ? [...value] : value instanceof Set ? [...value].entries() : Object.entries(value);
  return Object.fromEntries(Array.from(entries, ([key, part]) => [key, isSecret(String(key)) ? CENSORED : scrub(part, depth + 1)]));
}

const isSecret = (key: string) => secrets.has(key.replace(/[-_]/g, '').toLowerCase());

/** `scheme://user:password@host` */
const withoutCredentials = (text: string) => text.replace(/(\w:\/\/)[^/\s@]+@/g, '$1');

/** Only what is known to be harmless: libraries hang bodies, parameters and rows on their errors. */
function describe(error: Error, depth: number): object {
  const { code, cause } = error as Error & { code?: unknown };
  return {
    type: error.name,
    message: withoutCredentials(quotesData(error, code) ? `${error.name}, its message withheld: it quotes data` : error.message),
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    // Without its first lines, which repeat the message.
    stack: error.stack?.slice(Math.max(0, error.stack.search(/\n\s+at /))).trim(),
    ...(cause !== undefined && { cause: scrub(cause, depth + 1) }),
  };
}

/** PostgreSQL quotes a value that does not fit (class 22), JSON.parse the text that it fails on. */
const quotesData = (error: Error, code: unknown) =>
  error instanceof SyntaxError || (typeof code === 'string' && /^22[0-9A-Z]{3}$/.test(code));

import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { ParleyError } from '@parley/common/contracts';

/** The least that OWASP recommends for Argon2id; memory in KiB. */
export interface Cost {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

export const standardCost: Cost = { memory: 19_456, passes: 2, parallelism: 1 };

const VERSION = 19;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Past so many waiting, about five seconds of work on two cores, a new one is better told to come back. */
const WAITING_MAX = 200;
const RETRY_AFTER_SECONDS = 5;

const derive = promisify(argon2);

export interface PasswordHashes {
  /** A PHC string: algorithm, cost, salt and hash in one. */
  hash(password: string): Promise<string>;
  /** Without a hash to compare with it does the same work and answers false. */
  verify(password: string, phc: string | undefined): Promise<boolean>;
  /** Whether a hash was made at another cost than today's. */
  isOutdated(phc: string): boolean;
}

/** Hashing takes a core and 19 MiB each time, so only as many run at once as there are cores; the rest wait in a bounded line. */
export function createPasswordHashes(cost: Cost, line = createLine(availableParallelism(), WAITING_MAX)): PasswordHashes {
  const nobody = write({ ...cost, salt: randomBytes(SALT_BYTES), hash: randomBytes(HASH_BYTES) });
  const run = (password: string, { memory, passes, parallelism, salt, length }: Cost & { salt: Buffer; length: number }) =>
    line(() => derive('argon2id', { message: password, nonce: salt, memory, passes, parallelism, tagLength: length }));

  return {
    async hash(password) {
      const salt = randomBytes(SALT_BYTES);
      return write({ ...cost, salt, hash: await run(password, { ...cost, salt, length: HASH_BYTES }) });
    },
    async verify(password, phc) {
      const kept = read(phc ?? nobody);
      const hash = await run(password, { ...kept, length: kept.hash.length });
      return timingSafeEqual(hash, kept.hash) && phc !== undefined;
    },
    isOutdated(phc) {
      const { memory, passes, parallelism } = read(phc);
      return memory !== cost.memory || passes !== cost.passes || parallelism !== cost.parallelism;
    },
  };
}

export type Line = <T>(work: () => Promise<T>) => Promise<T>;

/** Runs so many at once; so many more wait in order; the rest are refused. */
export function createLine(places: number, waitingMax: number): Line {
  const waiting: (() => void)[] = [];
  let free = places;
  return async (work) => {
    if (free > 0) free -= 1;
    else if (waiting.length >= waitingMax) throw new ParleyError('unavailable', { retryAfter: RETRY_AFTER_SECONDS });
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // A place is handed on, not freed and fought for.
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}

const unpadded = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');

const write = ({ memory, passes, parallelism, salt, hash }: Cost & { salt: Buffer; hash: Buffer }) =>
  `$argon2id$v=${VERSION}$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(hash)}`;

function read(phc: string): Cost & { salt: Buffer; hash: Buffer } {
  const parts = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(phc);
  if (!parts) throw new Error('a kept password hash is not an Argon2id PHC string');
  const [, memory, passes, parallelism, salt, hash] = parts as unknown as [string, string, string, string, string, string];
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  };
}

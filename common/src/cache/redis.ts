import { Redis, type Result } from 'ioredis';
import { type Clock, systemClock } from '../server/clock.ts';
import type { Logger } from '../server/log.ts';
import type { Cache } from './cache.ts';

export interface RedisCacheOptions {
  readonly url: string;
  readonly log: Logger;
  /** Before every key: keeps installations, and tests, that share a server apart. */
  readonly prefix?: string;
  readonly clock?: Clock;
}

/** Longer than a healthy Redis ever takes, shorter than a person notices. */
const COMMAND_MS = 500;
const CONNECT_MS = 2_000;
/** After a command that got no answer in time nothing is asked for so long, so that a hanging Redis costs one wait, not one per request. */
const QUIET_MS = 1_000;
const RECONNECT_MS = { first: 50, last: 2_000 };

/** The key lives from its first count; in one step, so that no count can be left without an end. */
const COUNT = `local n = redis.call('INCR', KEYS[1])
if n == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return n`;

declare module 'ioredis' {
  interface RedisCommander<Context> {
    countFor(key: string, milliseconds: number): Result<number, Context>;
  }
}

/** A cache in Redis or Valkey. What is asked in one tick travels as one pipeline. */
export async function openRedisCache({ url, log, prefix = '', clock = systemClock }: RedisCacheOptions): Promise<Cache> {
  const redis = connect(url, prefix);
  let open = true;
  let quietUntil = 0;
  let told = true;
  redis.on('error', (error) => {
    // Once for each time that it goes away, not once for each attempt to reach it.
    if (told) log.warn({ error }, 'the cache is away');
    told = false;
  });
  redis.on('ready', () => {
    log.info('the cache is there');
    told = true;
  });

  const available = () => open && redis.status === 'ready' && clock.now() >= quietUntil;
  const ask = async <T>(question: () => Promise<T>): Promise<T | undefined> => {
    if (!available()) return undefined;
    try {
      return await question();
    } catch (error) {
      if (error instanceof Error && error.message === 'Command timed out') quietUntil = clock.now() + QUIET_MS;
      log.debug({ error }, 'the cache did not answer');
      return undefined;
    }
  };

  // A pod starts without its cache just as it goes on without it.
  await redis.connect().catch(() => {});

  return {
    get available() {
      return available();
    },
    async get(key) {
      return (await ask(() => redis.get(key))) ?? undefined;
    },
    async getMany(keys) {
      if (keys.length === 0) return [];
      const values = await ask(() => redis.mget(...keys));
      return keys.map((_, index) => values?.[index] ?? undefined);
    },
    async set(key, value, seconds) {
      await ask(() => redis.set(key, value, 'PX', Math.max(1, Math.round(seconds * 1000))));
    },
    async delete(...keys) {
      if (keys.length > 0) await ask(() => redis.unlink(...keys));
    },
    async count(key, seconds) {
      return ask(() => redis.countFor(key, Math.max(1, Math.round(seconds * 1000))));
    },
    async [Symbol.asyncDispose]() {
      open = false;
      redis.disconnect();
    },
  };
}

/** Everything under a prefix, for tests and trials. */
export async function deleteRedisPrefix(url: string, prefix: string): Promise<void> {
  if (prefix === '') throw new Error('Only what is under a prefix can be deleted, not the whole of a server.');
  const redis = new Redis(url);
  for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1_000 })) {
    if ((keys as string[]).length > 0) await redis.unlink(...(keys as string[]));
  }
  redis.disconnect();
}

function connect(url: string, prefix: string): Redis {
  return new Redis(url, {
    keyPrefix: prefix,
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    commandTimeout: COMMAND_MS,
    enableAutoPipelining: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    // A count that was on its way when the link broke may have been counted: it is not sent again.
    autoResendUnfulfilledCommands: false,
    retryStrategy: (attempt) => Math.min(RECONNECT_MS.first * 2 ** Math.min(attempt, 10), RECONNECT_MS.last) * (0.5 + Math.random() / 2),
    scripts: { countFor: { lua: COUNT, numberOfKeys: 1 } },
  });
}

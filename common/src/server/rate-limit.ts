import type { Cache } from '../cache/index.ts';
import { ParleyError } from '../contracts/index.ts';
import type { Clock } from './clock.ts';

export interface RateLimit {
  /** Counts one for whoever the key names, or throws `rate-limited` with the seconds to wait. */
  take(key: string): Promise<void>;
}

export interface RateLimitOptions {
  readonly cache: Cache;
  readonly clock: Clock;
  /** Keeps this limit's counts apart from every other's. */
  readonly name: string;
  /** So many within any `seconds`. */
  readonly limit: number;
  readonly seconds: number;
}

/** How many keys this pod counts for itself while the cache is away. */
const LOCAL_KEYS = 50_000;

/**
 * A limit that holds over all pods, counted in the cache; while that is away each pod counts for itself. The window
 * slides: of the one before it counts as much as still lies within the last `seconds`, so no boundary lets twice as
 * much through. What is refused does not count, so whoever comes back when they were told to gets through.
 */
export function createRateLimit({ cache, clock, name, limit, seconds }: RateLimitOptions): RateLimit {
  const windowMs = seconds * 1000;
  const local = new Map<string, number>();

  const countLocally = (window: string) => {
    const count = (local.get(window) ?? 0) + 1;
    local.delete(window);
    local.set(window, count);
    for (const oldest of local.keys()) {
      if (local.size <= LOCAL_KEYS) break;
      local.delete(oldest);
    }
  };

  /** How far a window has to have passed until of the one before it no more than `room` still counts. */
  const passedFor = (room: number, previous: number) => {
    if (room < 0) return windowMs;
    return previous <= room ? 0 : Math.ceil(windowMs - (room * windowMs) / previous);
  };

  const admit = (counted: number, before: number, passed: number) => {
    // Of many at once some are counted before it shows that they are too many.
    const [count, previous] = [Math.min(counted, limit), Math.min(before, limit)];
    const from = passedFor(limit - count - 1, previous);
    if (from <= passed) return;
    const wait = from < windowMs ? from - passed : windowMs - passed + passedFor(limit - 1, count);
    throw new ParleyError('rate-limited', { retryAfter: Math.max(1, Math.ceil(wait / 1000)) });
  };

  return {
    async take(key) {
      const at = clock.now();
      const passed = at % windowMs;
      const [now, before] = [0, 1].map((back) => `rate:${name}:${Math.floor(at / windowMs) - back}:${key}`) as [string, string];
      const [count = 0, previous = 0] = (await cache.getMany([now, before])).map((kept) => Number(kept ?? 0));
      admit(count, previous, passed);
      const counted = await cache.count(now, 2 * seconds);
      if (counted !== undefined) return admit(counted - 1, previous, passed);
      admit(local.get(now) ?? 0, local.get(before) ?? 0, passed);
      countLocally(now);
    },
  };
}

/** What an address is counted by: an IPv6 client has a whole /64 to choose addresses from. */
export function addressKey(address: string | undefined): string {
  const bare = (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!bare.includes(':')) return bare;
  const [head = '', tail] = bare.split('::');
  const groups = head.split(':').filter(Boolean);
  const end = tail?.split(':').filter(Boolean) ?? [];
  const filled = [...groups, ...Array.from({ length: Math.max(0, 8 - groups.length - end.length) }, () => '0'), ...end];
  return `${filled
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

import { type Clock, systemClock } from '../server/clock.ts';
import type { Logger } from '../server/log.ts';
import { RedisLink } from './redis-link.ts';
import { RedisMembership } from './redis-membership.ts';
import type { PodsByPerson, Registry } from './registry.ts';
import { EPOCH_FIELD } from './scripts.ts';

export interface RedisRegistryOptions {
  readonly url: string;
  readonly log: Logger;
  /** Before every key: keeps installations, and tests, that share a server apart. */
  readonly prefix?: string;
  /** For the times of departures; leases count by the clock of Redis. */
  readonly clock?: Clock;
  readonly lease?: Lease;
}

/** A lease is renewed every so many milliseconds for so many. */
export interface Lease {
  readonly renewMs: number;
  readonly forMs: number;
}

export const defaultLease: Lease = { renewMs: 3_000, forMs: 9_000 };

/** The registry in Redis or Valkey. Disposing it says no goodbyes: that is what memberships are disposed for. */
export async function openRedisRegistry({
  url,
  log,
  prefix = '',
  clock = systemClock,
  lease = defaultLease,
}: RedisRegistryOptions): Promise<Registry> {
  const link = await RedisLink.open(url, log);
  // One hash tag a group: its keys share a slot, as the scripts need it.
  const baseOf = (group: string) => `${prefix}registry:{${group}}:`;
  const memberships = new Set<RedisMembership>();
  return {
    async join(group, pod, onLost, options = {}) {
      const membership = new RedisMembership({ link, base: baseOf(group), pod, onLost, clock, lease, ...options });
      memberships.add(membership);
      await membership.begin();
      return membership;
    },
    async podsOf(group, userIds) {
      const { run } = link;
      const answer = await link.ask((redis) => redis.hmget(`${baseOf(group)}devices`, EPOCH_FIELD, ...userIds));
      return answer !== undefined && answer[0] === run ? podsByPerson(userIds, answer) : 'every';
    },
    async [Symbol.asyncDispose]() {
      for (const membership of memberships) membership.abandon();
      link.close();
    },
  };
}

/** Few pods and many people: people of the same pods share one list. */
function podsByPerson(userIds: readonly string[], answer: readonly (string | null)[]): PodsByPerson {
  const lists = new Map<string, readonly string[]>();
  const byPerson = new Map<string, readonly string[]>();
  for (const [index, userId] of userIds.entries()) {
    const names = answer[index + 1];
    if (!names) continue;
    const list = lists.get(names) ?? names.split(',');
    lists.set(names, list);
    byPerson.set(userId, list);
  }
  return byPerson;
}

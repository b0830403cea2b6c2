import type { Clock } from '../server/clock.ts';
import { systemClock } from '../server/clock.ts';
import type { Departure, JoinOptions, Membership, Registry } from './registry.ts';

interface Group {
  /** How many devices of a person each pod holds. */
  readonly devices: Map<string, Map<string, number>>;
  readonly departed: Map<string, number>;
}

/** The registry of a single process: always complete, gone with the process and everything in it. */
export function openEmbeddedRegistry({ clock = systemClock }: { readonly clock?: Clock } = {}): Registry {
  const groups = new Map<string, Group>();
  const groupOf = (name: string) => {
    const known = groups.get(name);
    if (known) return known;
    const group: Group = { devices: new Map(), departed: new Map() };
    groups.set(name, group);
    return group;
  };
  return {
    async join(group, pod, _onLost, options = {}) {
      options.onKnown?.(true);
      return new EmbeddedMembership(groupOf(group), pod, clock, options);
    },
    async podsOf(group, userIds) {
      const { devices } = groupOf(group);
      const answer = new Map<string, readonly string[]>();
      for (const userId of userIds) {
        const pods = devices.get(userId);
        if (pods) answer.set(userId, [...pods.keys()]);
      }
      return answer;
    },
    async [Symbol.asyncDispose]() {
      groups.clear();
    },
  };
}

class EmbeddedMembership implements Membership {
  readonly #group: Group;
  readonly #pod: string;
  readonly #clock: Clock;
  readonly #keepsDepartures: boolean;

  constructor(group: Group, pod: string, clock: Clock, { keepsDepartures = false }: JoinOptions) {
    this.#group = group;
    this.#pod = pod;
    this.#clock = clock;
    this.#keepsDepartures = keepsDepartures;
  }

  get known() {
    return true;
  }

  async add(userId: string) {
    const { devices, departed } = this.#group;
    const pods = devices.get(userId) ?? new Map<string, number>();
    devices.set(userId, pods);
    pods.set(this.#pod, (pods.get(this.#pod) ?? 0) + 1);
    departed.delete(userId);
  }

  async remove(userId: string, lastSign = this.#clock.now()) {
    const pods = this.#group.devices.get(userId);
    const count = pods?.get(this.#pod);
    if (!pods || !count) return;
    if (count > 1) pods.set(this.#pod, count - 1);
    else this.#removePod(userId, pods, lastSign);
  }

  async departures(until: number, limit: number) {
    return [...this.#group.departed]
      .map(([userId, since]) => ({ userId, since }))
      .filter(({ since }) => since <= until)
      .sort((one, other) => one.since - other.since)
      .slice(0, limit);
  }

  async settle(departures: readonly Departure[]) {
    const { departed } = this.#group;
    for (const { userId, since } of departures) if (departed.get(userId) === since) departed.delete(userId);
  }

  async [Symbol.asyncDispose]() {
    const now = this.#clock.now();
    for (const [userId, pods] of this.#group.devices) if (pods.has(this.#pod)) this.#removePod(userId, pods, now);
  }

  #removePod(userId: string, pods: Map<string, number>, lastSign: number) {
    pods.delete(this.#pod);
    if (pods.size > 0) return;
    this.#group.devices.delete(userId);
    if (this.#keepsDepartures) this.#group.departed.set(userId, lastSign);
  }
}

import { type Clock, systemClock } from '../server/clock.ts';
import type { Lease } from './redis.ts';
import type { RedisLink } from './redis-link.ts';
import type { Departure, JoinOptions, Membership } from './registry.ts';

interface MembershipOptions extends JoinOptions {
  readonly link: RedisLink;
  readonly base: string;
  readonly pod: string;
  readonly onLost: () => void;
  readonly clock: Clock;
  readonly lease: Lease;
}

/** People told to Redis in one call. */
const CHUNK = 1_000;
/** While nobody can tell who is where, it is looked at this often whether somebody can. */
const UNKNOWN_MS = 500;

/**
 * One pod in the registry. `#devices` is the truth of this pod, `#told` what Redis knows of it. One worker brings the
 * second to the first, everything that came up meanwhile in one call. When anything fails the pod registers anew and
 * whole, under its next incarnation; until then `add` resolves at once and `onLost` answers for it.
 */
export class RedisMembership implements Membership {
  readonly #options: MembershipOptions;
  readonly #devices = new Map<string, number>();
  readonly #told = new Set<string>();
  /** Whom to bring up to date, and when a device of theirs was last heard. */
  #changed = new Map<string, number>();
  /** Resolves when what has changed by now is told, or can't be. */
  #telling = Promise.withResolvers<void>();
  #working: Promise<void> | undefined;
  #state: 'away' | 'registered' | 'closed' = 'away';
  #renewalDue = false;
  #incarnation = 0;
  /** This pod may have been left out: its sockets resync once it is registered. */
  #lost = false;
  #wasRegistered = false;
  #known = false;
  readonly #closed = new AbortController();

  constructor(options: MembershipOptions) {
    this.#options = options;
    options.link.onChange((up) => {
      if (up) this.#renewalDue = true;
      else this.#setKnown(false);
      void this.#work();
    });
  }

  get known() {
    return this.#known;
  }

  /** Resolves when the pod is registered, or can't be for now. */
  async begin() {
    await this.#work();
    void this.#keepLease();
  }

  add(userId: string): Promise<void> {
    const count = (this.#devices.get(userId) ?? 0) + 1;
    this.#devices.set(userId, count);
    if (count > 1 && this.#told.has(userId) && !this.#working) return Promise.resolve();
    return this.#tell(userId, 0);
  }

  remove(userId: string, lastSign = this.#options.clock.now()): Promise<void> {
    const count = this.#devices.get(userId) ?? 0;
    if (count > 1) this.#devices.set(userId, count - 1);
    if (count !== 1) return Promise.resolve();
    this.#devices.delete(userId);
    return this.#tell(userId, lastSign);
  }

  async departures(until: number, limit: number): Promise<Departure[]> {
    const { link, base } = this.#options;
    const answer = await link.ask((redis) => redis.zrangebyscore(`${base}departed`, '-inf', until, 'WITHSCORES', 'LIMIT', 0, limit));
    const departures: Departure[] = [];
    for (let i = 0; i < (answer?.length ?? 0); i += 2) departures.push({ userId: answer?.[i] as string, since: Number(answer?.[i + 1]) });
    return departures;
  }

  async settle(departures: readonly Departure[]) {
    if (departures.length === 0) return;
    const { link, base } = this.#options;
    await link.ask((redis) => redis.registrySettle(base, ...departures.flatMap(({ userId, since }) => [userId, since])));
  }

  async [Symbol.asyncDispose]() {
    await this.#working;
    if (this.#state === 'registered') {
      const { link, base, clock } = this.#options;
      await link.ask((redis) => redis.registryGoodbye(base, ...this.#self(), clock.now()));
    }
    this.abandon();
  }

  /** Ends without goodbye, as a crash would. */
  abandon() {
    this.#state = 'closed';
    this.#closed.abort();
    this.#telling.resolve();
  }

  #tell(userId: string, lastSign: number): Promise<void> {
    if (this.#state === 'closed') return Promise.resolve();
    this.#changed.set(userId, lastSign);
    const told = this.#telling.promise;
    void this.#work();
    return told;
  }

  /** One worker at a time; it begins after the current tick, so that what comes up together is told together. */
  #work(): Promise<void> {
    this.#working ??= Promise.resolve()
      .then(() => this.#catchUp())
      .finally(() => {
        this.#working = undefined;
        // What came up after the last look.
        if (this.#state !== 'closed' && (this.#changed.size > 0 || (this.#renewalDue && this.#state === 'registered'))) void this.#work();
      });
    return this.#working;
  }

  async #catchUp() {
    // Once more when it turns out that the lease was lost; what fails then waits for the next renewal.
    for (let attempt = 0; attempt < 2; ) {
      if (this.#state === 'closed') return;
      if (this.#options.link.run === undefined) break;
      if (this.#state === 'away') {
        attempt += 1;
        if (!(await this.#register())) break;
      }
      if (this.#renewalDue && !(await this.#renew())) continue;
      if (this.#changed.size === 0) return;
      await this.#tellChanges();
    }
    this.#giveUp();
  }

  /** Nobody waits for a store that is away. */
  #giveUp() {
    if (this.#state === 'closed') return;
    this.#state = 'away';
    this.#setKnown(false);
    this.#told.clear();
    if (this.#changed.size > 0) this.#lost = true;
    this.#changed.clear();
    this.#takeTelling().resolve();
  }

  /** The whole of this pod; who was registered before stays so until it is done. */
  async #register(): Promise<boolean> {
    const { link, base, clock, lease, keepsDepartures, onLost } = this.#options;
    this.#incarnation += 1;
    this.#told.clear();
    const inTime = this.#changed;
    this.#changed = new Map();
    const telling = this.#takeTelling();
    const held = await link.ask((redis) => redis.registryBegin(base, ...this.#self(), clock.now(), keepsDepartures ? 1 : 0, lease.forMs));
    const whole =
      held !== undefined &&
      (await this.#change([...this.#devices.keys()], [])) &&
      (await link.ask((redis) => redis.registryEnd(base, ...this.#self(), clock.now())));
    telling.resolve();
    if (!whole) {
      if (inTime.size > 0) this.#lost = true;
      return false;
    }
    this.#state = 'registered';
    this.#renewalDue = true;
    if (this.#lost || (held === 0 && this.#wasRegistered)) onLost();
    this.#lost = false;
    this.#wasRegistered = true;
    return true;
  }

  async #renew(): Promise<boolean> {
    const { link, base, clock, lease } = this.#options;
    this.#renewalDue = false;
    const answer = await link.ask((redis) =>
      redis.registryRenew(base, ...this.#self(), clock.now(), lease.forMs, this.#told.size, link.run as string),
    );
    this.#setKnown(answer?.[0] === 1 && answer[1] === 1);
    if (answer?.[0] === 1) return true;
    this.#state = 'away';
    if (answer) this.#lost = true;
    return false;
  }

  async #tellChanges() {
    const changed = this.#changed;
    this.#changed = new Map();
    const telling = this.#takeTelling();
    const entering = [...changed.keys()].filter((userId) => this.#devices.has(userId) && !this.#told.has(userId));
    const leaving = [...changed].filter(([userId]) => !this.#devices.has(userId) && this.#told.has(userId));
    if (!(await this.#change(entering, leaving))) {
      this.#state = 'away';
      this.#lost = true;
    }
    telling.resolve();
  }

  async #change(entering: readonly string[], leaving: readonly (readonly [string, number])[]): Promise<boolean> {
    const { link, base } = this.#options;
    for (const userId of entering) this.#told.add(userId);
    for (const [userId] of leaving) this.#told.delete(userId);
    for (let i = 0; i < Math.max(entering.length, leaving.length); i += CHUNK) {
      const enters = entering.slice(i, i + CHUNK);
      const leaves = leaving.slice(i, i + CHUNK).flat();
      const answer = await link.ask((redis) => redis.registryChange(base, ...this.#self(), enters.length, ...enters, ...leaves));
      if (answer !== 1) return false;
    }
    return true;
  }

  async #keepLease() {
    while (!this.#closed.signal.aborted) {
      // Real time, whatever the clock of the pod: Redis counts leases by its own.
      const { renewMs } = this.#options.lease;
      await systemClock.sleep(this.#known ? renewMs : Math.min(renewMs, UNKNOWN_MS), this.#closed.signal);
      this.#renewalDue = true;
      void this.#work();
    }
  }

  #takeTelling() {
    const telling = this.#telling;
    this.#telling = Promise.withResolvers();
    return telling;
  }

  #setKnown(known: boolean) {
    if (this.#known === known) return;
    this.#known = known;
    this.#options.onKnown?.(known);
  }

  #self(): [string, number] {
    return [this.#options.pod, this.#incarnation];
  }
}

import { Redis } from 'ioredis';
import { systemClock } from '../server/clock.ts';
import type { Logger } from '../server/log.ts';
import { scripts } from './scripts.ts';

/** Longer than a healthy Redis ever takes; short, because a batch of outcomes waits for the answer. */
const COMMAND_MS = 1_000;
const CONNECT_MS = 2_000;
/** Well within a lease, so that a pod is never thought dead for want of trying. */
const RECONNECT_MS = { first: 25, last: 500 };
const PROBE_MS = 100;

/**
 * The connection to Redis, and which run of Redis is at its other end. It is up only while the run is known: a Redis that
 * restarted, from nothing or from an old dump, is another run, and what the registry says of a former one does not hold.
 */
export class RedisLink {
  readonly #redis: Redis;
  readonly #log: Logger;
  readonly #closed = new AbortController();
  readonly #listeners: ((up: boolean) => void)[] = [];
  #run: string | undefined;
  #probing: Promise<void> | undefined;

  private constructor(url: string, log: Logger) {
    this.#log = log;
    this.#redis = new Redis(url, {
      lazyConnect: true,
      connectTimeout: CONNECT_MS,
      commandTimeout: COMMAND_MS,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      enableAutoPipelining: true,
      retryStrategy: (attempt) => Math.min(RECONNECT_MS.first * 2 ** Math.min(attempt, 10), RECONNECT_MS.last) * (0.5 + Math.random() / 2),
      scripts,
    });
    this.#redis.on('error', () => {});
    this.#redis.on('close', () => this.#down());
    this.#redis.on('ready', () => void this.#probe());
  }

  /** Resolves when it is up, or when the first attempt failed: a pod starts without its registry just as it goes on without it. */
  static async open(url: string, log: Logger): Promise<RedisLink> {
    const link = new RedisLink(url, log);
    await link.#redis.connect().then(
      () => link.#probe(),
      () => {},
    );
    return link;
  }

  /** The run of Redis; undefined while it is away. */
  get run(): string | undefined {
    return this.#run;
  }

  onChange(listener: (up: boolean) => void) {
    this.#listeners.push(listener);
  }

  /** Undefined when there was no answer. Then nothing is asked until Redis has answered a probe, so that a silent one costs one wait. */
  async ask<T>(question: (redis: Redis) => Promise<T>): Promise<T | undefined> {
    if (this.#run === undefined) return undefined;
    try {
      return await question(this.#redis);
    } catch (error) {
      if (error instanceof Error && error.name === 'ReplyError') this.#log.error({ error }, 'the registry refused');
      this.#down();
      void this.#probe();
      return undefined;
    }
  }

  close() {
    this.#closed.abort();
    this.#down();
    this.#redis.disconnect();
  }

  #down() {
    if (this.#run === undefined) return;
    this.#run = undefined;
    if (!this.#closed.signal.aborted) this.#log.warn('the registry is away');
    for (const listener of this.#listeners) listener(false);
  }

  #probe(): Promise<void> {
    this.#probing ??= this.#probeUntilUp().finally(() => {
      this.#probing = undefined;
    });
    return this.#probing;
  }

  async #probeUntilUp() {
    while (!this.#closed.signal.aborted && this.#redis.status === 'ready') {
      const info = await this.#redis.info('server').catch(() => undefined);
      const run = info && (/^run_id:(\w+)/m.exec(info)?.[1] ?? 'unnamed');
      if (run && this.#redis.status === 'ready') return this.#up(run);
      await systemClock.sleep(PROBE_MS, this.#closed.signal);
    }
  }

  #up(run: string) {
    if (this.#closed.signal.aborted) return;
    this.#run = run;
    this.#log.info('the registry is there');
    for (const listener of this.#listeners) listener(true);
  }
}

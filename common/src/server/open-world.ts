import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Pool } from 'pg';
import { Registry as Metrics } from 'prom-client';
import { openRabbitBus } from '../bus/index.ts';
import { openRedisCache } from '../cache/index.ts';
import type { Service } from '../contracts/index.ts';
import { isAway, openDatabase } from '../database/index.ts';
import { openRedisRegistry } from '../registry/index.ts';
import { askOver } from './ask.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Logger } from './log.ts';
import { measureProcess } from './operations.ts';
import { addressOf, type Surroundings } from './surroundings.ts';
import type { World } from './world.ts';

const RETRY_MS = { first: 250, last: 5_000 };
/** Nobody listens there: for a service that keeps nothing. */
const NOWHERE = 'postgresql://127.0.0.1:1/nowhere';

/** The world of a process of its own: servers by their addresses. None has to be there yet. */
export async function openWorld(service: Service, surroundings: Surroundings, log: Logger, opening: AsyncDisposableStack): Promise<World> {
  const { POD_NAME = hostname(), BROKER_URL, CACHE_URL, DATABASE_URL = NOWHERE, DATABASE_POOL } = surroundings;
  // A pod is not the one that it was before its restart, even where it keeps its name.
  const pod = `${POD_NAME}-${randomBytes(4).toString('hex')}`;
  const clock = systemClock;
  const metrics = new Metrics();
  measureProcess(metrics);
  const database = opening.adopt(openDatabase({ url: DATABASE_URL, name: `parley-${service}`, log, pool: DATABASE_POOL }), (pool) =>
    pool.end(),
  );
  const cache = opening.use(await openRedisCache({ url: CACHE_URL, log, clock }));
  const registry = opening.use(await openRedisRegistry({ url: CACHE_URL, log, clock }));
  const bus = opening.use(await openRabbitBus({ url: BROKER_URL, log, clock, metrics, name: pod }));
  return { pod, clock, log, metrics, bus, cache, registry, database, ask: askOver(addressOf(surroundings)) };
}

/** Resolves once the database answers: after a power cut everything starts at once, and it may be the last. */
export async function databaseThere(database: Pool, clock: Clock, log: Logger, signal: AbortSignal): Promise<void> {
  for (let pause = RETRY_MS.first; ; pause = Math.min(pause * 2, RETRY_MS.last)) {
    const error: unknown = await database.query('SELECT 1').then(
      () => undefined,
      (cause: unknown) => cause,
    );
    if (error === undefined) return;
    if (!isAway(error)) throw error;
    log.warn({ error }, 'the database is away');
    await clock.sleep(pause, signal);
    signal.throwIfAborted();
  }
}

import { randomBytes } from 'node:crypto';
import { openEmbeddedBus } from '@parley/common/bus';
import { openEmbeddedCache } from '@parley/common/cache';
import type { Service as Name } from '@parley/common/contracts';
import { openDatabase } from '@parley/common/database';
import { openEmbeddedRegistry } from '@parley/common/registry';
import { type Clock, type Logger, measureProcess, systemClock, type World } from '@parley/common/server';
import type { Pool } from 'pg';
import { Registry as Metrics } from 'prom-client';
import { askWithin } from './ask-within.ts';
import type { Running } from './running.ts';

export interface WorldsOptions {
  /** The address of the database of this name. */
  readonly url: (database: string) => string;
  readonly log: Logger;
  /** Who can be asked by now. */
  readonly running: Running;
  /** What those take for the time who are not to take the system's. */
  readonly clocks?: Partial<Record<Name, Clock>>;
}

export interface Worlds extends AsyncDisposable {
  /** A world of its own for each service; the bus, the cache and the registry are the same in all of them. */
  of(name: Name): World;
  /** What is measured, each with a label of whose it is. */
  readonly metrics: readonly Metrics[];
}

export const databaseOf = (name: Name | 'bus') => `parley_${name.replaceAll('-', '_')}`;

/** Done when the connections are: a pool forgets them before the server knows, which then complains about them when it stops. */
async function close(database: Pool) {
  const gone = Promise.withResolvers<void>();
  let left = database.totalCount;
  if (left === 0) gone.resolve();
  database.on('remove', () => {
    left -= 1;
    if (left === 0) gone.resolve();
  });
  await database.end();
  await gone.promise;
}

/** Everything that services share when they are parts of one process. */
export async function openWorlds({ url, log, running, clocks = {} }: WorldsOptions): Promise<Worlds> {
  await using opening = new AsyncDisposableStack();
  const clock = systemClock;
  const cache = opening.use(openEmbeddedCache({ clock }));
  const registry = opening.use(openEmbeddedRegistry({ clock }));
  const metrics: Metrics[] = [];
  const measured = (service: string) => {
    const own = new Metrics();
    own.setDefaultLabels({ service });
    metrics.push(own);
    return own;
  };
  measureProcess(measured('platform'));
  const busDatabase = openDatabase({ url: url(databaseOf('bus')), name: 'parley-bus', log });
  opening.defer(() => close(busDatabase));
  const bus = opening.use(
    await openEmbeddedBus({ database: busDatabase, log: log.child({ service: 'bus' }), clock, metrics: measured('bus') }),
  );
  const ask = askWithin(running);
  const knownTokens = new Map();
  // A pod is never taken for itself before a restart.
  const start = randomBytes(4).toString('hex');
  const open = opening.move();
  return {
    metrics,
    of(name) {
      const own = log.child({ service: name });
      const database = openDatabase({ url: url(databaseOf(name)), name: `parley-${name}`, log: own });
      open.defer(() => close(database));
      return {
        pod: `${name}-${start}`,
        clock: clocks[name] ?? clock,
        log: own,
        metrics: measured(name),
        bus,
        cache,
        registry,
        database,
        ask,
        knownTokens,
      };
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

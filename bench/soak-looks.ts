import { openRabbitBus } from '@parley/common/bus';
import { openDatabase } from '@parley/common/database';
import { createLog } from '@parley/common/server';
import { type Cluster, serviceNames } from '../platform/src/cluster/cluster.ts';
import { databaseOf } from '../platform/src/worlds.ts';
import { lookInside } from './inside.ts';

/** Of one moment: what every process, the broker and the database hold, by the name of what was measured. */
export type Look = Readonly<Record<string, number>>;

const MiB = 1024 * 1024;

/** A look that takes longer than this is given up. */
const LOOK_MS = 60_000;

async function within<T>(what: string, looking: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`${what} could not be looked at within ${LOOK_MS / 1000} s`)), LOOK_MS);
  try {
    return await Promise.race([looking, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Looks at all of a cluster whose processes were started with `--inspect` on these ports, by the name of the instance. */
export async function openLooks(cluster: Cluster, windows: ReadonlyMap<string, number>) {
  await using opening = new AsyncDisposableStack();
  const log = createLog('soak', 'silent');
  const databases = serviceNames
    .filter((name) => name !== 'socket-handler')
    .map((name) => ({
      name,
      pool: opening.adopt(openDatabase({ url: cluster.postgres.url(databaseOf(name)), name: 'soak', log }), (pool) => pool.end()),
    }));
  const insides = await Promise.all(
    cluster.instances.map(async ({ name, pid }) => ({
      name,
      inside: opening.use(await lookInside(pid as number, windows.get(name) as number)),
    })),
  );

  const processes = async () => {
    const entries: [string, number][] = [];
    for (const { name, inside } of insides) {
      const held = await inside.look();
      if (!held) throw new Error(`${name} is gone`);
      entries.push(
        [`${name}: heap (MiB)`, held.heapMiB],
        [`${name}: resident (MiB)`, held.rssMiB],
        [`${name}: outside the heap (MiB)`, held.externalMiB],
      );
      entries.push(
        [`${name}: descriptors`, held.descriptors],
        [`${name}: timers`, held.resources['Timeout'] ?? 0],
        [`${name}: late by (ms)`, held.lagMs],
      );
    }
    return entries;
  };

  const broker = async (): Promise<[string, number][]> => {
    const listed = await cluster.broker.control('list_queues', '--silent', 'messages');
    const depths = listed.split('\n').map(Number).filter(Number.isFinite);
    return [
      ['RabbitMQ: messages in all queues', depths.reduce((sum, depth) => sum + depth, 0)],
      ['RabbitMQ: queues', listed.trim().split('\n').length],
    ];
  };

  const database = async () => {
    const [first] = databases;
    const connections = await first?.pool.query(
      "SELECT count(*)::int AS connections FROM pg_stat_activity WHERE application_name <> 'soak' AND backend_type = 'client backend'",
    );
    const entries: [string, number][] = [['PostgreSQL: connections', connections?.rows[0].connections ?? 0]];
    for (const { name, pool } of databases) {
      const { rows } = await pool.query('SELECT pg_database_size(current_database())::float8 AS bytes');
      entries.push([`PostgreSQL: database of ${name} (MiB)`, rows[0].bytes / MiB]);
    }
    return entries;
  };

  const open = opening.move();
  return {
    async look(): Promise<Look> {
      const parts = [within('the processes', processes()), within('the broker', broker()), within('the database', database())];
      return Object.fromEntries((await Promise.all(parts)).flat());
    },
    /** Who has ended, which nobody told them to. */
    gone: (): readonly string[] => cluster.instances.filter(({ pid }) => pid === undefined).map(({ name }) => name),
    /** Messages in the tables. */
    async stored(): Promise<number> {
      const messages = databases.find(({ name }) => name === 'messages')?.pool;
      const { rows } = (await messages?.query<{ count: number }>('SELECT count(*)::int AS count FROM messages')) ?? {};
      return rows?.[0]?.count ?? 0;
    },
    /** What could not be handled, and why. */
    async deadLetters(): Promise<readonly string[]> {
      await using bus = await openRabbitBus({ url: cluster.broker.url, log, name: 'soak' });
      return (await bus.deadLetters.list()).map(({ queue, reason }) => `${queue}: ${reason}`);
    },
    /** The largest tables, so that whoever wonders what grows on the disk can see it. */
    async tables(): Promise<readonly string[]> {
      const all = await Promise.all(
        databases.map(async ({ name, pool }) => {
          const { rows } = await pool.query<{ relation: string; bytes: number; rows: number }>(
            'SELECT relname AS relation, pg_total_relation_size(relid)::float8 AS bytes, n_live_tup::int AS rows FROM pg_stat_user_tables ORDER BY 2 DESC LIMIT 3',
          );
          return rows.map(({ relation, bytes, rows: count }) => ({
            bytes,
            line: `${name}.${relation}: ${(bytes / MiB).toFixed(1)} MiB, ${count} rows`,
          }));
        }),
      );
      return all
        .flat()
        .sort((one, other) => other.bytes - one.bytes)
        .slice(0, 8)
        .map(({ line }) => line);
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

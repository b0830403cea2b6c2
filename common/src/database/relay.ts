import type { Pool, PoolClient } from 'pg';
import type { Registry } from 'prom-client';
import { type EventData, type EventName, events, type Fact } from '../contracts/index.ts';
import { gauge } from '../server/meters.ts';
import type { OutboxOptions } from './outbox.ts';
import { transaction } from './transaction.ts';

const BATCH = 200;
/** A net for what was committed without a word: by a pod that died in between. */
const LOOK_MS = 1_000;
const RETRY_MS = { first: 200, last: 5_000 };
/** Another pod is relaying, and may have begun before the newest was committed. */
const BUSY_MS = 50;
/** The transaction waits for the bus, which waits for its broker for a bounded time. */
const PATIENCE_MS = 60_000;

/** A newer version may have written others while it ran beside this one: they wait for it, and hold nothing back. */
const known = Object.keys(events);

interface Waiting {
  readonly id: string;
  readonly key: string;
  readonly name: EventName;
  readonly data: unknown;
}

type Options<N extends EventName> = OutboxOptions<N> & { readonly table: string };

const waitingAge = (metrics: Registry) =>
  gauge(metrics, {
    name: 'parley_outbox_age_seconds',
    help: 'How long the oldest fact has waited to be relayed, by table',
    labelNames: ['table'],
  });

/** Publishes what waits in an outbox, in order, one pod at a time. */
export function createRelay<N extends EventName>(options: Options<N>) {
  const { bus, clock, log, metrics, table } = options;
  const age = metrics ? waitingAge(metrics).labels(table) : { set() {} };
  let stopping = false;
  let nap = new AbortController();
  const wake = () => nap.abort();

  const run = async () => {
    for (let failures = 0; !stopping; ) {
      const begun = nap;
      const relayed = await relayBatch(options, age).catch((error: unknown) => ({ error }));
      if (relayed !== 'busy' && typeof relayed === 'object') {
        log.warn({ error: relayed.error }, 'the outbox could not be relayed');
        failures += 1;
      } else failures = 0;
      if (relayed === BATCH) continue;
      await clock.sleep(pauseAfter(failures, relayed === 'busy'), begun.signal);
      nap = new AbortController();
    }
  };

  const hearNoMore = bus.onState((state) => {
    if (state === 'up') wake();
  });
  const ended = run();
  return {
    wake,
    async stop() {
      stopping = true;
      hearNoMore();
      wake();
      await ended;
    },
  };
}

const pauseAfter = (failures: number, busy: boolean) => {
  if (failures > 0) return Math.min(RETRY_MS.first * 2 ** (failures - 1), RETRY_MS.last);
  return busy ? BUSY_MS : LOOK_MS;
};

/** How many were relayed, or `busy`. A fact that the bus does not take holds back all behind it. */
async function relayBatch<N extends EventName>(options: Options<N>, age: { set(seconds: number): void }): Promise<number | 'busy'> {
  const { database, bus, clock, table, addressOf } = options;
  const since = await waitingSince(database, table);
  age.set(since ? Math.max(0, clock.now() - since.getTime()) / 1000 : 0);
  if (!since || bus.state === 'away') return 0;
  return transaction(database, async (client) => {
    await client.query(`SET LOCAL idle_in_transaction_session_timeout = ${PATIENCE_MS}`);
    if (!(await takeTurn(client, table))) return 'busy';
    const waiting = await readWaiting(client, table);
    // In one tick, so that they travel together; each is confirmed for itself.
    const answers = await Promise.allSettled(
      waiting.map(({ name, data }) => {
        const to = addressOf?.({ name, data } as unknown as Fact<N>);
        return bus.publish(name, data as EventData<typeof name>, { written: true, ...(to && { to }) });
      }),
    );
    const refused = answers.findIndex(({ status }) => status === 'rejected');
    const relayed = refused === -1 ? waiting : waiting.slice(0, refused);
    await markRelayed(client, table, relayed, new Date(clock.now()));
    if (relayed.length === 0 && refused !== -1) throw (answers[refused] as PromiseRejectedResult).reason;
    return relayed.length;
  });
}

/** Since when the oldest waits. */
async function waitingSince(database: Pool, table: string): Promise<Date | undefined> {
  const { rows } = await database.query<{ madeAt: Date }>(
    `SELECT made_at AS "madeAt" FROM ${table} WHERE relayed_at IS NULL AND name = ANY ($1) ORDER BY id LIMIT 1`,
    [known],
  );
  return rows[0]?.madeAt;
}

async function takeTurn(client: PoolClient, table: string): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_xact_lock(hashtext($1)) AS locked', [
    `relay of ${table}`,
  ]);
  return rows[0]?.locked === true;
}

async function readWaiting(client: PoolClient, table: string): Promise<Waiting[]> {
  const { rows } = await client.query<Waiting>(
    `SELECT id, key, name, data FROM ${table} WHERE relayed_at IS NULL AND name = ANY ($1) ORDER BY id LIMIT ${BATCH}`,
    [known],
  );
  return rows;
}

async function markRelayed(client: PoolClient, table: string, relayed: readonly Waiting[], at: Date) {
  if (relayed.length === 0) return;
  await client.query(`UPDATE ${table} SET relayed_at = $2 WHERE id = ANY ($1)`, [relayed.map(({ id }) => id), at]);
  await client.query(
    `DELETE FROM ${table} AS early USING ${table} AS newest
     WHERE newest.key = ANY ($1) AND newest.last AND early.key = newest.key AND early.id < newest.id AND early.relayed_at IS NOT NULL`,
    [[...new Set(relayed.map(({ key }) => key))]],
  );
}

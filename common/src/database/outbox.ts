import type { Pool, PoolClient } from 'pg';
import type { Registry } from 'prom-client';
import type { Bus, PublishOptions } from '../bus/index.ts';
import { type EventName, events, type Fact } from '../contracts/index.ts';
import type { Clock } from '../server/clock.ts';
import type { Logger } from '../server/log.ts';
import { createRelay } from './relay.ts';

/**
 * For a write that begins with HTTP, which nobody repeats: its facts are written with it, in its transaction, and
 * published afterwards. A table as in outbox.sql. Facts of one key are relayed in order as long as their writers hold a
 * lock on what the key names (its row); each at least once.
 */
export interface Outbox<N extends EventName> extends AsyncDisposable {
  /** Within the caller's transaction. Call `wake` once that is committed. */
  append(client: Pick<PoolClient, 'query'>, facts: readonly Fact<N>[]): Promise<void>;
  /** Relays at once what is committed, instead of at the next look. */
  wake(): void;
  /** Of all facts of this key only the newest is kept: the others go now, or as soon as they are relayed. */
  reduce(client: Pick<PoolClient, 'query'>, key: string): Promise<void>;
  /**
   * Everything that is kept, oldest first, also what was not relayed yet. What commits meanwhile may be left out: a
   * rebuild begins to hear the bus before it begins to read here.
   */
  replay(from?: bigint): AsyncGenerator<Kept<N>>;
  /** Forgets facts of these names that were relayed before then: what no rebuild asks for need not be kept. */
  forget(names: readonly N[], before: Date): Promise<number>;
}

export type Kept<N extends EventName> = Fact<N> & { readonly id: bigint };

export interface OutboxOptions<N extends EventName> {
  readonly database: Pool;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: Registry;
  readonly table?: string;
  /** Whom a fact is about. */
  readonly keyOf?: (fact: Fact<N>) => string;
  /** Where an addressed fact goes, decided when it is published. */
  readonly addressOf?: (fact: Fact<N>) => PublishOptions['to'];
}

const PAGE = 500;

/** The writing half alone, for a command beside the service: what it writes, the service relays at its next look. */
export function createOutboxWriter<N extends EventName>(
  options: Pick<OutboxOptions<N>, 'clock' | 'table' | 'keyOf'>,
): Pick<Outbox<N>, 'append' | 'reduce'> {
  const { clock, table = 'outbox', keyOf = aboutUser } = options;
  if (!/^[a-z_]+$/.test(table)) throw new Error(`not a table name: ${table}`);
  return {
    async append(client, facts) {
      if (facts.length === 0) return;
      await client.query(
        // In the order given: numbers are drawn row by row from the sorted input.
        `INSERT INTO ${table} (key, name, data, made_at)
         SELECT key, name, data, $4 FROM unnest($1::uuid[], $2::text[], $3::jsonb[]) WITH ORDINALITY AS fact (key, name, data, place) ORDER BY place`,
        [facts.map(keyOf), facts.map(({ name }) => name), facts.map(checked), new Date(clock.now())],
      );
    },

    async reduce(client, key) {
      await client.query(`UPDATE ${table} SET last = true WHERE id = (SELECT max(id) FROM ${table} WHERE key = $1)`, [key]);
      await client.query(`DELETE FROM ${table} WHERE key = $1 AND relayed_at IS NOT NULL AND NOT last`, [key]);
    },
  };
}

export function createOutbox<N extends EventName>(options: OutboxOptions<N>): Outbox<N> {
  const { database, table = 'outbox' } = options;
  const writer = createOutboxWriter(options);
  const relay = createRelay({ ...options, table });

  return {
    ...writer,
    wake: relay.wake,

    async *replay(from = 0n) {
      for (let after = from - 1n; ; ) {
        const { rows } = await database.query<Row>(`SELECT id, name, data FROM ${table} WHERE id > $1 ORDER BY id LIMIT ${PAGE}`, [after]);
        for (const { id, name, data } of rows) yield { id: BigInt(id), name, data } as Kept<N>;
        const newest = rows.at(-1);
        if (!newest) return;
        after = BigInt(newest.id);
      }
    },

    async forget(names, before) {
      const { rowCount } = await database.query(`DELETE FROM ${table} WHERE name = ANY ($1) AND relayed_at < $2 AND NOT last`, [
        names,
        before,
      ]);
      return rowCount ?? 0;
    },

    [Symbol.asyncDispose]: relay.stop,
  };
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly data: unknown;
}

const aboutUser = ({ name, data }: { readonly name: EventName; readonly data: unknown }): string => {
  const { userId } = data as { userId?: string };
  if (userId === undefined) throw new Error(`${name} is about nobody; say whom with keyOf`);
  return userId;
};

/** A fact that its contract refuses fails the write, where it can be seen, and never stops the relay. */
const checked = ({ name, data }: { readonly name: EventName; readonly data: unknown }) => JSON.stringify(events[name].data.parse(data));

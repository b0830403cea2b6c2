import type { Pool } from 'pg';
import type { DeadLetter } from '../bus.ts';

/** A fact as it lies in a durable queue. */
export interface Row {
  readonly queue: string;
  readonly fact: string;
}
export interface KeptRow extends Row {
  readonly id: number;
}
export type KeptLetter = DeadLetter & { readonly id: string };

/** Any number that nobody else locks by: two buses may open one database at the same moment (a restart). */
const migrationLock = 7_275_391;

const schema = `
  create schema if not exists bus;
  create table if not exists bus.bindings (
    queue text not null,
    name text not null,
    primary key (queue, name)
  );
  create table if not exists bus.facts (
    id bigint generated always as identity primary key,
    queue text not null,
    fact text not null
  );
  create index if not exists facts_by_queue on bus.facts (queue, id);
  create table if not exists bus.dead_letters (
    id bigint generated always as identity primary key,
    queue text not null,
    fact text not null,
    reason text not null,
    raised boolean not null default false,
    at timestamptz not null default now()
  );
`;

/** The embedded bus's own tables: its durable queues, who is bound to what, and the dead letters. */
export class Store {
  private readonly pool: Pool;

  constructor(pool: Pool) {
    this.pool = pool;
  }

  async migrate() {
    // One simple query is one transaction, and the lock goes with it.
    await this.pool.query(`select pg_advisory_xact_lock(${migrationLock}); ${schema}`);
  }

  async bindings(): Promise<Map<string, Set<string>>> {
    const { rows } = await this.pool.query<{ queue: string; name: string }>('select queue, name from bus.bindings');
    const bound = new Map<string, Set<string>>();
    for (const { queue, name } of rows) bound.set(queue, (bound.get(queue) ?? new Set()).add(name));
    return bound;
  }

  async bind(queue: string, names: readonly string[]) {
    await this.pool.query('insert into bus.bindings (queue, name) select $1, unnest($2::text[]) on conflict do nothing', [queue, names]);
  }

  /** In their order, all or none; answers their ids in the same order. */
  async insert(rows: readonly Row[]): Promise<number[]> {
    const { rows: inserted } = await this.pool.query<{ id: string }>({
      name: 'bus insert',
      text: `insert into bus.facts (queue, fact)
        select queue, fact from unnest($1::text[], $2::text[]) with ordinality as given (queue, fact, place) order by place
        returning id`,
      values: [rows.map((row) => row.queue), rows.map((row) => row.fact)],
    });
    return inserted.map(({ id }) => Number(id));
  }

  async after(queue: string, id: number, count: number): Promise<KeptRow[]> {
    const { rows } = await this.pool.query<{ id: string; queue: string; fact: string }>({
      name: 'bus after',
      text: 'select id, queue, fact from bus.facts where queue = $1 and id > $2 order by id limit $3',
      values: [queue, id, count],
    });
    return rows.map((row) => ({ ...row, id: Number(row.id) }));
  }

  async forget(ids: readonly number[]) {
    await this.pool.query({ name: 'bus forget', text: 'delete from bus.facts where id = any($1::bigint[])', values: [ids] });
  }

  async bury(queue: string, body: unknown, reason: string) {
    await this.pool.query('insert into bus.dead_letters (queue, fact, reason) values ($1, $2, $3)', [queue, JSON.stringify(body), reason]);
  }

  /** The oldest of each queue first, with their ids. */
  async dead(queue: string | undefined, most: number): Promise<KeptLetter[]> {
    const where = `id in (
      select oldest.id from (select distinct queue from bus.dead_letters where $1::text is null or queue = $1) as queues
      cross join lateral (select id from bus.dead_letters as one where one.queue = queues.queue order by id limit $2) as oldest)`;
    return await this.letters(where, [queue ?? null, most], '');
  }

  /** A page of them. */
  async deadAfter(id: string, queue: string | undefined, most: number): Promise<KeptLetter[]> {
    return await this.letters('($1::text is null or queue = $1) and id > $3::bigint', [queue ?? null, most, id]);
  }

  /** Those that are to go back to their queues. */
  async raised(most: number): Promise<KeptLetter[]> {
    return await this.letters('raised or $1', [false, most]);
  }

  /** Marks them only: the bus that holds the queues takes them from here, whoever asked for it. */
  async raise(queue: string | undefined): Promise<number> {
    const { rowCount } = await this.pool.query('update bus.dead_letters set raised = true where $1::text is null or queue = $1', [
      queue ?? null,
    ]);
    return rowCount ?? 0;
  }

  async forgetDead(ids: readonly string[]) {
    await this.pool.query('delete from bus.dead_letters where id = any($1::bigint[])', [ids]);
  }

  /** Back to the end of their durable queues, in one step. */
  async requeue(ids: readonly string[]): Promise<KeptRow[]> {
    const { rows } = await this.pool.query<{ id: string; queue: string; fact: string }>(
      `with raised as (delete from bus.dead_letters where id = any($1::bigint[]) returning id, queue, fact)
       insert into bus.facts (queue, fact) select queue, fact from raised order by id returning id, queue, fact`,
      [ids],
    );
    return rows.map((row) => ({ ...row, id: Number(row.id) }));
  }

  private async letters(where: string, values: unknown[], limit = 'limit $2'): Promise<KeptLetter[]> {
    const { rows } = await this.pool.query<{ id: string; queue: string; fact: string; reason: string; at: Date }>(
      `select id, queue, fact, reason, at from bus.dead_letters where ${where} order by id ${limit}`,
      values,
    );
    return rows.map(({ id, queue, fact, reason, at }) => ({ id, queue, body: JSON.parse(fact), reason, at: at.toISOString() }));
  }
}

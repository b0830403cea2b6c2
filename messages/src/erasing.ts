import type { Bus, DeadLetter } from '@parley/common/bus';
import { type Clock, instant, type Logger } from '@parley/common/server';
import type { Pool } from 'pg';

/** A message whose author took back its text. */
export interface Erased {
  readonly conversationId: string;
  readonly seq: number;
  readonly clientId: string;
}

export interface Erasing extends AsyncDisposable {
  /** Resolves when it is certain that these will be looked for, whatever becomes of this pod. What was not deleted is left alone. */
  erase(messages: readonly Pick<Erased, 'conversationId' | 'seq'>[]): Promise<void>;
}

export interface ErasingOptions {
  readonly database: Pool;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Looking through the dead letters is slow work, so what was deleted within this time goes in one look. */
const REST_MS = 10_000;
/** How often to look for what another pod did not come to. */
const SWEEP_MS = 300_000;
/** Looked for once more after so long: whoever else looked at that moment held letters back, and some were still on their way. */
const AGAIN_MS = 240_000;
const AT_ONCE = 1_000;
const LOOK_LOCK = 7_270_002;

/** Takes the text of deleted messages out of the dead letters too: what failed there may still hold it. */
export function startErasing({ database, bus, clock, log }: ErasingOptions): Erasing {
  const closing = new AbortController();
  let waking = new AbortController();

  const running = (async () => {
    while (!closing.signal.aborted) {
      waking = new AbortController();
      await look(database, bus, clock.now()).catch((error: unknown) =>
        log.warn({ error }, 'dead letters could not be looked through for what was deleted'),
      );
      await clock.sleep(SWEEP_MS, AbortSignal.any([closing.signal, waking.signal]));
      await clock.sleep(REST_MS, closing.signal);
    }
  })();

  return {
    async erase(messages) {
      if (messages.length === 0) return;
      await database.query(
        `INSERT INTO erasures (conversation_id, seq, client_id)
         SELECT DISTINCT m.conversation_id, m.seq, m.client_id FROM unnest($1::uuid[], $2::integer[]) AS given (conversation_id, seq)
           JOIN messages m USING (conversation_id, seq) WHERE m.deleted_at IS NOT NULL
         ON CONFLICT (conversation_id, seq) DO UPDATE SET looked_at = NULL`,
        columnsOf(messages),
      );
      waking.abort();
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      await running;
    },
  };
}

/** One pod at a time: whoever looks holds the letters, and another one would find none. */
async function look(database: Pool, bus: Bus, now: number): Promise<void> {
  const client = await database.connect();
  let broken: unknown;
  try {
    const { rows: locks } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [LOOK_LOCK]);
    if (!locks[0]?.locked) return;
    const { rows } = await client.query<Erased>(
      `SELECT conversation_id AS "conversationId", seq, client_id AS "clientId" FROM erasures
       WHERE looked_at IS NULL OR looked_at < $1 ORDER BY looked_at NULLS FIRST LIMIT $2`,
      [instant(now - AGAIN_MS), AT_ONCE],
    );
    if (rows.length > 0) {
      await bus.deadLetters.erase((letter) => rows.some((message) => holds(letter, message)));
      await client.query(
        `WITH given AS (SELECT * FROM unnest($1::uuid[], $2::integer[]) AS given (conversation_id, seq)), over AS (
           DELETE FROM erasures e USING given g WHERE e.conversation_id = g.conversation_id AND e.seq = g.seq AND e.looked_at IS NOT NULL
         )
         UPDATE erasures e SET looked_at = $3 FROM given g WHERE e.conversation_id = g.conversation_id AND e.seq = g.seq AND e.looked_at IS NULL`,
        [...columnsOf(rows), instant(now)],
      );
    }
    await client.query('SELECT pg_advisory_unlock($1)', [LOOK_LOCK]);
  } catch (error) {
    broken = error;
    throw error;
  } finally {
    // The lock ends with its connection.
    client.release(broken !== undefined);
  }
}

const columnsOf = (messages: readonly Pick<Erased, 'conversationId' | 'seq'>[]) => [
  messages.map(({ conversationId }) => conversationId),
  messages.map(({ seq }) => seq),
];

/** What was sent, what it was edited to, and what was told of it. */
export function holds({ body }: Pick<DeadLetter, 'body'>, { conversationId, seq, clientId }: Erased): boolean {
  const { data } = (body ?? {}) as { data?: Record<string, unknown> };
  if (typeof data !== 'object' || data === null) return false;
  const update = data['update'] as { conversationId?: unknown; messages?: readonly { seq?: unknown }[] } | undefined;
  if (update?.conversationId === conversationId) return update.messages?.some((message) => message.seq === seq) ?? false;
  return data['conversationId'] === conversationId && (data['seq'] === seq || data['clientId'] === clientId);
}

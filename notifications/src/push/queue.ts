import { instant } from '@parley/common/server';
import type { Pool } from 'pg';

/** Somebody to be notified: of what this person wrote, up to this place. */
export interface Unreached {
  readonly userId: string;
  readonly peerId: string;
  readonly seq: number;
}

/** One that is due, and this pod's to send for a while. */
export interface Due extends Unreached {
  readonly subscriptionId: string;
  readonly sessionId: string;
  readonly endpoint: string;
  readonly p256dh: Buffer;
  readonly auth: Buffer;
  /** How often it was tried before. */
  readonly attempts: number;
  readonly since: Date;
}

export interface QueueOptions {
  readonly database: Pool;
  readonly now: () => number;
  /** What is read within this time is not pushed. */
  readonly delayMs: number;
}

/** A pod that died with it in hand loses it to another after this time. */
const IN_HAND_MS = 60_000;
/** Conversations that wait for one browser: whoever has more to read is told enough. */
const WAITING = 50;

/** What is to be pushed, in PostgreSQL: each once, whichever pod heard of it and whichever sends it. */
export function createQueue({ database, now, delayMs }: QueueOptions) {
  const query = (name: string, text: string, values: unknown[]) => database.query({ name: `notifications.push.${name}`, text, values });
  return {
    async put(people: readonly Unreached[]) {
      if (people.length === 0) return;
      const of = (column: keyof Unreached) => people.map((person) => person[column]);
      const at = now();
      await query('put', putting, [of('userId'), of('peerId'), of('seq'), instant(at + delayMs), instant(at), WAITING]);
    },

    async claim(limit: number): Promise<Due[]> {
      const { rows } = await query('claim', claiming, [instant(now()), instant(now() + IN_HAND_MS), limit]);
      return rows as Due[];
    },

    /** Said, or not to be said any more; what was written meanwhile is said in its own time. */
    async done(due: readonly Due[]) {
      const of = (column: 'subscriptionId' | 'peerId' | 'seq') => due.map((one) => one[column]);
      const keys = [of('subscriptionId'), of('peerId'), of('seq')];
      if (due.length === 0) return;
      await query('done', finishing, keys);
      await query('anew', beginning, [...keys, instant(now() + delayMs), instant(now())]);
    },

    async later({ subscriptionId, peerId }: Due, at: number) {
      await query('later', postponing, [subscriptionId, peerId, instant(at)]);
    },
  };
}

export type Queue = ReturnType<typeof createQueue>;

const putting = `
  INSERT INTO pushes AS q (subscription_id, peer_id, seq, due_at, since)
  SELECT s.id, p.peer_id, max(p.seq), $4::timestamptz, $5::timestamptz
  FROM unnest($1::uuid[], $2::uuid[], $3::int[]) AS p (user_id, peer_id, seq) JOIN push_subscriptions s USING (user_id)
  WHERE $6 > (SELECT count(*) FROM pushes w WHERE w.subscription_id = s.id)
  GROUP BY s.id, p.peer_id ORDER BY s.id, p.peer_id
  ON CONFLICT (subscription_id, peer_id) DO UPDATE SET seq = greatest(q.seq, excluded.seq)`;

const claiming = `
  UPDATE pushes q SET due_at = $2, attempts = q.attempts + 1
  FROM (SELECT subscription_id, peer_id FROM pushes WHERE due_at <= $1 ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED) d
  JOIN push_subscriptions s ON s.id = d.subscription_id
  WHERE q.subscription_id = d.subscription_id AND q.peer_id = d.peer_id
  RETURNING q.subscription_id AS "subscriptionId", q.peer_id AS "peerId", q.seq, q.attempts - 1 AS attempts, q.since,
    s.user_id AS "userId", s.session_id AS "sessionId", s.endpoint, s.p256dh, s.auth`;

const finishing = `
  DELETE FROM pushes q USING unnest($1::uuid[], $2::uuid[], $3::int[]) AS d (subscription_id, peer_id, seq)
  WHERE q.subscription_id = d.subscription_id AND q.peer_id = d.peer_id AND q.seq <= d.seq`;

const beginning = `
  UPDATE pushes q SET due_at = $4, since = $5, attempts = 0 FROM unnest($1::uuid[], $2::uuid[], $3::int[]) AS d (subscription_id, peer_id, seq)
  WHERE q.subscription_id = d.subscription_id AND q.peer_id = d.peer_id AND q.seq > d.seq`;

const postponing = 'UPDATE pushes SET due_at = $3 WHERE subscription_id = $1 AND peer_id = $2';

import { Away } from '@parley/common/bus';
import { authRoutes } from '@parley/common/contracts';
import { type Ask, type Clock, instant, type Logger } from '@parley/common/server';
import type { Pool } from 'pg';
import { register } from './people.ts';

/**
 * Ids that auth does not know are not asked for again so soon, so that who writes to nobody does not make every batch
 * wait for auth. Nobody learns of an id before its account exists, so this refuses nobody who registers meanwhile.
 */
const NOBODY_MS = 5_000;
const NOBODIES = 10_000;

/** People of whom nothing was heard here: the news of their registration is on its way, or they never were. */
export interface Strangers {
  /** Those who exist or did, and from now on are known here; rejects with `Away` when nobody can tell. */
  meet(userIds: readonly string[]): Promise<ReadonlySet<string>>;
}

export interface StrangersOptions {
  readonly database: Pool;
  readonly ask: Ask;
  readonly clock: Clock;
  readonly log: Logger;
}

export function createStrangers({ database, ask, clock, log }: StrangersOptions): Strangers {
  const nobodies = new Map<string, number>();
  let away = false;

  const askAuth = async (userIds: string[]) => {
    try {
      const accounts = await ask(authRoutes.knownAccounts, { userIds });
      away = false;
      return accounts;
    } catch (error) {
      if (!away) log.warn({ error }, 'auth does not say whether somebody exists who was written to: what is in their shard waits');
      away = true;
      throw new Away('auth does not say who exists', { cause: error });
    }
  };

  const remember = (userIds: readonly string[], now: number) => {
    for (const id of userIds) nobodies.set(id, now + NOBODY_MS);
    // In order of their ends: the first that still counts ends the walk.
    for (const [id, until] of nobodies) {
      if (until > now && nobodies.size <= NOBODIES) break;
      nobodies.delete(id);
    }
  };

  return {
    async meet(userIds) {
      const now = clock.now();
      remember([], now);
      const asked = userIds.filter((id) => !nobodies.has(id));
      if (asked.length === 0) return new Set();
      const { known, gone } = await askAuth(asked);
      await register(database, known);
      await register(database, gone, instant(now));
      const met = new Set([...known, ...gone]);
      remember(
        asked.filter((id) => !met.has(id)),
        now,
      );
      return met;
    },
  };
}

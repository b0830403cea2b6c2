import { ParleyError, type Session, uuidv7 } from '@parley/common/contracts';
import { type Caller, type Clock, instant } from '@parley/common/server';
import type { Pool } from 'pg';
import type { AccountChanges, LockedAccount, OwnSession } from './account-changes.ts';
import type { Account, PrismaClient } from './database.ts';
import type { Device } from './devices.ts';
import { firstToken, hashOf, type RefreshToken } from './refresh-tokens.ts';

const DAY_MS = 24 * 60 * 60_000;
/** A device that was away for so long signs in anew. */
export const IDLE_MS = 30 * DAY_MS;
/** However busy a session is, it ends. */
export const ABSOLUTE_MS = 180 * DAY_MS;
/** Past so many of one account the one unused for longest ends. */
const SESSIONS_MAX = 50;

/** A session beside these two instants is over. */
export const alive = (clock: Clock) => ({ usedAfter: new Date(clock.now() - IDLE_MS), begunAfter: new Date(clock.now() - ABSOLUTE_MS) });

/** Those of them that are over. */
export async function endedAmong(database: Pool, clock: Clock, sessionIds: readonly string[]): Promise<string[]> {
  const { usedAfter, begunAfter } = alive(clock);
  const { rows } = await database.query<{ id: string }>(
    'SELECT id FROM sessions WHERE id = ANY ($1::uuid[]) AND last_used_at > $2 AND created_at > $3',
    [sessionIds, usedAfter, begunAfter],
  );
  const living = new Set(rows.map(({ id }) => id));
  return sessionIds.filter((id) => !living.has(id));
}

/** The account of whoever asks, if their session is there: a pod may not have heard yet that it ended. */
export async function accountOf(prisma: PrismaClient, { userId, sessionId }: OwnSession): Promise<Account> {
  const row = await prisma.account.findFirst({ where: { id: userId, sessions: { some: { id: sessionId } } } });
  if (!row) throw new ParleyError('signed-out');
  return row;
}

/** Begins a session within a change of its account, and answers its first token. */
export async function beginSession(account: LockedAccount, device: Device): Promise<RefreshToken> {
  const token = firstToken(uuidv7(account.at.getTime()));
  await endSurplus(account);
  await account.client.query(
    `INSERT INTO sessions (id, account_id, device_name, address, created_at, last_used_at, generation, refresh_hash)
     VALUES ($1, $2, $3, $4, $5, $5, $6, $7)`,
    [token.sessionId, account.row.id, device.name, device.address, account.at, token.generation, hashOf(token)],
  );
  account.record('user.logged-in', { sessionId: token.sessionId, deviceName: device.name });
  return token;
}

async function endSurplus(account: LockedAccount): Promise<void> {
  const { rows } = await account.client.query<{ id: string }>(
    'SELECT id FROM sessions WHERE account_id = $1 ORDER BY last_used_at DESC, id DESC OFFSET $2',
    [account.row.id, SESSIONS_MAX - 1],
  );
  const surplus = rows.map(({ id }) => id);
  if (surplus.length > 0) await account.endSessions(surplus, 'revoked');
}

export interface SessionsOptions {
  readonly prisma: PrismaClient;
  readonly changes: AccountChanges;
  readonly clock: Clock;
}

export type AccountSessions = ReturnType<typeof createAccountSessions>;

export function createAccountSessions({ prisma, changes, clock }: SessionsOptions) {
  return {
    /** By whichever token of it is at hand. Nothing to end is no error. */
    async signOut(session: OwnSession): Promise<void> {
      await changes
        .change(session.userId, async (account) => {
          const ended = await account.endSessions([session.sessionId], 'signed-out');
          for (const sessionId of ended) account.record('user.signed-out', { sessionId });
        })
        .catch((error: unknown) => {
          if (!(error instanceof ParleyError && error.code === 'signed-out')) throw error;
        });
    },

    async list({ userId, sessionId }: Caller): Promise<Session[]> {
      const { usedAfter, begunAfter } = alive(clock);
      const rows = await prisma.session.findMany({
        where: { accountId: userId, lastUsedAt: { gt: usedAfter }, createdAt: { gt: begunAfter } },
        orderBy: { lastUsedAt: 'desc' },
      });
      return rows.map((row) => ({
        sessionId: row.id,
        deviceName: row.deviceName,
        address: row.address,
        createdAt: instant(row.createdAt.getTime()),
        lastUsedAt: instant(row.lastUsedAt.getTime()),
        current: row.id === sessionId,
      }));
    },

    async revoke(caller: Caller, sessionId: string): Promise<void> {
      const ended = await changes.changeOwn(caller, (account) => account.endSessions([sessionId], 'revoked'));
      if (ended.length === 0) throw new ParleyError('not-found');
    },

    async revokeOthers(caller: Caller): Promise<number> {
      return (await changes.changeOwn(caller, (account) => account.endSessions({ but: caller.sessionId }, 'revoked'))).length;
    },
  };
}

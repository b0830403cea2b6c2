import { ParleyError } from '@parley/common/contracts';
import type { Clock, Logger } from '@parley/common/server';
import type { Pool } from 'pg';
import type { AccountChanges } from './account-changes.ts';
import type { PrismaClient } from './database.ts';
import { hashOf, type RefreshToken, readToken, successorOf, writeToken } from './refresh-tokens.ts';
import { alive } from './sessions.ts';

/** A session that goes on: whose it is, and the refresh token to go on with. */
export interface Continued {
  readonly userId: string;
  readonly sessionId: string;
  readonly refresh: string;
}

export interface RefreshingOptions {
  readonly database: Pool;
  readonly prisma: PrismaClient;
  readonly changes: AccountChanges;
  readonly refreshKeys: readonly Buffer[];
  readonly clock: Clock;
  readonly log: Logger;
}

export type Refreshing = ReturnType<typeof createRefreshing>;

const signedOut = () => new ParleyError('signed-out');

/** Trades refresh tokens (docs/decisions/refresh-token-chain.md). */
export function createRefreshing({ database, prisma, changes, refreshKeys, clock, log }: RefreshingOptions) {
  const key = refreshKeys[0] as Buffer;
  const continued = (userId: string, token: RefreshToken): Continued => ({
    userId,
    sessionId: token.sessionId,
    refresh: writeToken(token, key),
  });

  /** The newest token is used for the first time: its successor takes its place. One statement, so of many only one does it. */
  const rotate = async (token: RefreshToken, address: string | null): Promise<Continued | undefined> => {
    const successor = successorOf(token, key);
    const { usedAfter, begunAfter } = alive(clock);
    const { rows } = await database.query<{ userId: string }>(
      `UPDATE sessions SET generation = $3, refresh_hash = $4, last_used_at = $5, address = $6
       WHERE id = $1 AND refresh_hash = $2 AND last_used_at > $7 AND created_at > $8 RETURNING account_id AS "userId"`,
      [token.sessionId, hashOf(token), successor.generation, hashOf(successor), new Date(clock.now()), address, usedAfter, begunAfter],
    );
    return rows[0] && continued(rows[0].userId, successor);
  };

  /** Another tab was faster, or the answer was lost: as long as nobody used the successor, it is given again. */
  const repeat = async (token: RefreshToken): Promise<Continued> => {
    const { usedAfter, begunAfter } = alive(clock);
    const row = await prisma.session.findFirst({
      where: { id: token.sessionId, lastUsedAt: { gt: usedAfter }, createdAt: { gt: begunAfter } },
    });
    if (!row || row.generation <= token.generation) throw signedOut();
    if (row.generation > token.generation + 1) return revokeStolen(row.accountId, row.id);
    const successor = refreshKeys.map((each) => successorOf(token, each)).find((each) => hashOf(each).equals(row.refreshHash));
    if (!successor) throw signedOut();
    return continued(row.accountId, successor);
  };

  /** Two hold tokens of one session, and one of them is not the owner: nobody can tell which, so neither goes on. */
  const revokeStolen = async (userId: string, sessionId: string): Promise<never> => {
    await changes.change(userId, (account) => account.endSessions([sessionId], 'token-reused'));
    log.warn({ userId, sessionId }, 'an old refresh token was used again, the session is over');
    throw signedOut();
  };

  return {
    continued,

    /** The session that a token of ours is about, whether it is good or not. */
    named: (text: string): string | undefined => readToken(text, refreshKeys)?.sessionId,

    async refresh(text: string, address: string | null): Promise<Continued> {
      const token = readToken(text, refreshKeys);
      if (!token) throw signedOut();
      return (await rotate(token, address)) ?? repeat(token);
    },

    /** Whose session a token continues, without continuing it. */
    async holderOf(text: string): Promise<{ userId: string; sessionId: string } | undefined> {
      const token = readToken(text, refreshKeys);
      const row = token && (await prisma.session.findUnique({ where: { id: token.sessionId } }));
      if (!row || row.generation > token.generation + 1) return undefined;
      return { userId: row.accountId, sessionId: row.id };
    },
  };
}

import { type EventData, ParleyError } from '@parley/common/contracts';
import { type Outbox, transaction } from '@parley/common/database';
import { type Clock, instant } from '@parley/common/server';
import type { Pool, PoolClient } from 'pg';
import type { Account } from './database.ts';

export type AccountEventName = 'user.registered' | 'user.logged-in' | 'user.signed-out' | 'user.deleted' | 'session.ended';
export type AccountFact = { [N in AccountEventName]: { readonly name: N; readonly data: EventData<N> } }[AccountEventName];
type Fields<N extends AccountEventName> = Omit<EventData<N>, 'userId' | 'number' | 'at'>;
export type EndReason = EventData<'session.ended'>['reason'];
/** Some sessions, all of them, or all but the one that asks. */
export type Which = readonly string[] | 'all' | { readonly but: string };

/** Whoever asks: by which session of which account. */
export interface OwnSession {
  readonly userId: string;
  readonly sessionId: string;
}

/** An account whose row is locked: nobody else changes it before this change is committed with all it says. */
export interface LockedAccount {
  readonly row: Account;
  readonly client: PoolClient;
  readonly at: Date;
  /** Says what happened; it is published once the change is committed, and never otherwise. */
  record<N extends AccountEventName>(name: N, fields: Fields<N>): void;
  endSessions(which: Which, reason: EndReason): Promise<readonly string[]>;
}

export interface AccountChanges {
  change<T>(userId: string, work: (account: LockedAccount) => Promise<T>): Promise<T>;
  /** By one of its sessions, which has to be there at that moment: sessions end under the same lock. */
  changeOwn<T>(own: OwnSession, work: (account: LockedAccount) => Promise<T>): Promise<T>;
  create<T>(row: Account, work: (account: LockedAccount) => Promise<T>): Promise<T>;
}

export interface ChangesOptions {
  readonly database: Pool;
  readonly clock: Clock;
  readonly outbox: Pick<Outbox<AccountEventName>, 'append' | 'reduce' | 'wake'>;
  /** After the commit: this pod refuses their tokens at once, the others when they hear of it. */
  readonly onEnded: (sessionIds: readonly string[]) => void;
}

/** The one way to change an account: row lock, numbered facts and their outbox in one transaction. */
export function createAccountChanges({ database, clock, outbox, onEnded }: ChangesOptions): AccountChanges {
  const committed = async <T>(open: (client: PoolClient) => Promise<Account>, work: (account: LockedAccount) => Promise<T>): Promise<T> => {
    const ended: string[] = [];
    const result = await transaction(database, async (client) => {
      const row = await open(client);
      const facts: AccountFact[] = [];
      const done = await work(lockedAccount(row, client, clock.now(), facts, ended));
      if (facts.length > 0) {
        await client.query('UPDATE accounts SET event_number = event_number + $2 WHERE id = $1', [row.id, facts.length]);
        await outbox.append(client, facts);
        if (facts.some(({ name }) => name === 'user.deleted')) await outbox.reduce(client, row.id);
      }
      return done;
    });
    outbox.wake();
    if (ended.length > 0) onEnded(ended);
    return result;
  };

  return {
    change: (userId, work) => committed((client) => lock(client, userId), work),
    changeOwn: ({ userId, sessionId }, work) =>
      committed(
        (client) => lock(client, userId),
        async (account) => {
          await mustGoOn(account, sessionId);
          return work(account);
        },
      ),
    create: (row, work) => committed((client) => insert(client, row), work),
  };
}

function lockedAccount(row: Account, client: PoolClient, now: number, facts: AccountFact[], ended: string[]): LockedAccount {
  const record: LockedAccount['record'] = (name, fields) => {
    const number = row.eventNumber + facts.length + 1;
    facts.push({ name, data: { ...fields, userId: row.id, number, at: instant(now) } } as unknown as AccountFact);
  };
  return {
    row,
    client,
    at: new Date(now),
    record,
    async endSessions(which, reason) {
      const sessionIds = await deleteSessions(client, row.id, which);
      if (sessionIds.length > 0) record('session.ended', { sessionIds, reason });
      ended.push(...sessionIds);
      return sessionIds;
    },
  };
}

async function mustGoOn({ client, row }: LockedAccount, sessionId: string): Promise<void> {
  const { rowCount } = await client.query('SELECT 1 FROM sessions WHERE id = $1 AND account_id = $2', [sessionId, row.id]);
  if (rowCount !== 1) throw new ParleyError('signed-out');
}

async function deleteSessions(client: PoolClient, accountId: string, which: Which): Promise<string[]> {
  const some = Array.isArray(which) ? which : null;
  const but = typeof which === 'object' && 'but' in which ? which.but : null;
  const { rows } = await client.query<{ id: string }>(
    'DELETE FROM sessions WHERE account_id = $1 AND ($2::uuid[] IS NULL OR id = ANY ($2)) AND ($3::uuid IS NULL OR id <> $3) RETURNING id',
    [accountId, some, but],
  );
  return rows.map(({ id }) => id);
}

const columns = `id, email, email_key AS "emailKey", user_name AS "userName", user_name_key AS "userNameKey", display_name AS "displayName",
  password_hash AS "passwordHash", password_changed_at AS "passwordChangedAt", registered_at AS "registeredAt", disabled_at AS "disabledAt",
  event_number AS "eventNumber"`;

async function lock(client: PoolClient, userId: string): Promise<Account> {
  const { rows } = await client.query<Account>(`SELECT ${columns} FROM accounts WHERE id = $1 FOR UPDATE`, [userId]);
  if (!rows[0]) throw new ParleyError('signed-out');
  return rows[0];
}

const insertion = `INSERT INTO accounts (id, email, email_key, user_name, user_name_key, display_name, password_hash, password_changed_at,
  registered_at, event_number) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)`;

async function insert(client: PoolClient, row: Account): Promise<Account> {
  const { id, email, emailKey, userName, userNameKey, displayName, passwordHash, passwordChangedAt, registeredAt } = row;
  try {
    await client.query(insertion, [id, email, emailKey, userName, userNameKey, displayName, passwordHash, passwordChangedAt, registeredAt]);
  } catch (error) {
    const { constraint } = error as { constraint?: string };
    if (constraint === 'accounts_email_key_key') throw new ParleyError('email-taken', { cause: error });
    if (constraint === 'accounts_user_name_key_key') throw new ParleyError('user-name-taken', { cause: error });
    throw error;
  }
  return row;
}

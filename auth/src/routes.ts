import { authRoutes, type Me, type Output, ParleyError } from '@parley/common/contracts';
import type { Outbox } from '@parley/common/database';
import type { Authenticate, Caller, Clock, Http, World } from '@parley/common/server';
import type { Request, Response } from 'express';
import type { Pool } from 'pg';
import { accessToken } from './access-tokens.ts';
import type { AccountEventName } from './account-changes.ts';
import type { AccountEndings } from './account-endings.ts';
import { pageOfEvents } from './account-events.ts';
import type { Accounts, Entered } from './accounts.ts';
import type { Attempts } from './attempts.ts';
import type { Cookies } from './cookies.ts';
import { addressOf, deviceOf } from './devices.ts';
import { knownAccounts } from './known-accounts.ts';
import { type AnswerRoute, countOutcomes } from './outcomes.ts';
import type { PasswordResets } from './password-resets.ts';
import type { Passwords } from './passwords.ts';
import type { Continued, Refreshing } from './refreshing.ts';
import { type AccountSessions, endedAmong } from './sessions.ts';
import type { SigningKeys } from './signing-keys.ts';

export interface Parts {
  readonly accounts: Accounts;
  readonly attempts: Attempts;
  readonly authenticate: Authenticate;
  readonly endings: AccountEndings;
  readonly cookies: Cookies;
  readonly database: Pool;
  readonly registration: Output<typeof authRoutes.registration>;
  readonly passwords: Passwords;
  readonly resets: PasswordResets;
  readonly refreshing: Refreshing;
  readonly sessions: AccountSessions;
  readonly exported: (caller: Caller) => Promise<Output<typeof authRoutes.exportAccount>>;
  readonly signingKeys: SigningKeys;
  readonly outbox: Pick<Outbox<AccountEventName>, 'replay'>;
  readonly clock: Clock;
}

export function answerRoutes({ answer: plainly }: Http, metrics: World['metrics'], parts: Parts): void {
  const answer = countOutcomes(plainly, metrics);
  const { accounts, attempts, cookies, refreshing, sessions, signingKeys, clock } = parts;
  const give = async (response: Response, session: Continued) =>
    cookies.set(response, { access: await accessToken(signingKeys, clock, session), refresh: session.refresh });

  /** The cookies of the browser's earlier session are overwritten, and nobody could end it any more: it ends here. */
  const enter = async (request: Request, response: Response, entering: () => Promise<Entered>): Promise<Me> => {
    const before = await refreshing.holderOf(cookies.refreshToken(request));
    const { me, session } = await entering();
    await give(response, session);
    if (before) await sessions.signOut(before);
    return me;
  };

  answer(authRoutes.registration, () => parts.registration);

  answer(authRoutes.signUp, async (input, { request, response }) => {
    await attempts.signUp(request);
    return enter(request, response, () => accounts.signUp(input, deviceOf(request, input.deviceName)));
  });

  answer(authRoutes.signIn, async ({ login, password, deviceName }, { request, response }) => {
    await attempts.signIn(request, login);
    return enter(request, response, () => accounts.signIn(login, password, deviceOf(request, deviceName)));
  });

  answer(authRoutes.signOut, async (_, { request, response }) => {
    const session =
      (await refreshing.holderOf(cookies.refreshToken(request))) ?? (await parts.authenticate(request).catch(() => undefined));
    if (session) await sessions.signOut(session);
    cookies.clear(response);
  });

  answer(authRoutes.refresh, async (_, { request, response }) => {
    const token = cookies.refreshToken(request);
    await attempts.refresh(request, refreshing.named(token));
    try {
      const session = await refreshing.refresh(token, addressOf(request));
      const me = await accounts.me(session);
      await give(response, session);
      return me;
    } catch (error) {
      if (error instanceof ParleyError && error.code === 'signed-out') cookies.clear(response);
      throw error;
    }
  });

  answer(authRoutes.me, (_, { caller }) => accounts.me(caller));
  answerOwnAccount(answer, parts);
  answerPasswords(answer, parts);
  answer(authRoutes.keys, async () => ({ keys: [...(await signingKeys.published())] as Record<string, unknown>[] }));
  answerServices(answer, parts);
}

function answerServices(answer: AnswerRoute, { database, clock, outbox }: Parts): void {
  answer(authRoutes.checkSessions, async ({ sessionIds }) => ({ ended: await endedAmong(database, clock, sessionIds) }));
  answer(authRoutes.knownAccounts, ({ userIds }) => knownAccounts(database, userIds));
  answer(authRoutes.accountEvents, ({ after, limit }) => pageOfEvents(outbox, after, limit));
}

function answerOwnAccount(answer: AnswerRoute, { sessions, exported }: Parts): void {
  answer(authRoutes.listSessions, async (_, { caller }) => ({ sessions: await sessions.list(caller) }));
  answer(authRoutes.revokeSession, ({ sessionId }, { caller }) => sessions.revoke(caller, sessionId));
  answer(authRoutes.revokeOtherSessions, async (_, { caller }) => ({ ended: await sessions.revokeOthers(caller) }));
  answer(authRoutes.exportAccount, (_, { caller, response }) => {
    response.attachment('parley-account.json');
    return exported(caller);
  });
}

function answerPasswords(answer: AnswerRoute, { attempts, passwords, resets, endings, cookies }: Parts): void {
  answer(authRoutes.changePassword, async ({ current, next }, { caller }) => {
    await attempts.password(caller.userId);
    await passwords.change(caller, current, next);
  });
  answer(authRoutes.deleteAccount, async ({ password }, { caller, response }) => {
    await attempts.password(caller.userId);
    await endings.delete(caller, password);
    cookies.clear(response);
  });
  answer(authRoutes.requestPasswordReset, async ({ email }, { request }) => {
    await attempts.resetMail(request, email);
    resets.request(email);
  });
  answer(authRoutes.resetPassword, async ({ token, password }, { request }) => {
    await attempts.reset(request);
    await passwords.reset(token, password);
  });
}

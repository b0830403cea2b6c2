import type { Cache } from '@parley/common/cache';
import { addressKey, type Clock, createRateLimit } from '@parley/common/server';
import type { Request } from 'express';
import { loginKey } from './names.ts';
import { fingerprint } from './secrets.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** How often something may be tried; the name says for whom it is counted. */
export const attemptLimits = {
  signInPerAddress: { limit: 200, seconds: 5 * MINUTE },
  /** Guessing one account's password from one place. */
  signInPerLoginAndAddress: { limit: 10, seconds: 5 * MINUTE },
  /** From many places at once. Wide, because whoever fills it keeps the owner out too. */
  signInPerLogin: { limit: 200, seconds: HOUR },
  /** A room full of people who try it out together has one address. */
  signUpPerAddress: { limit: 100, seconds: HOUR },
  refreshPerAddress: { limit: 3_000, seconds: 5 * MINUTE },
  /** A device needs one in ten minutes, and some more when it loses answers. */
  refreshPerSession: { limit: 60, seconds: 5 * MINUTE },
  resetPerAddress: { limit: 20, seconds: HOUR },
  /** Mails that somebody can have sent to somebody else. */
  resetPerEmail: { limit: 3, seconds: HOUR },
  passwordPerAccount: { limit: 10, seconds: 15 * MINUTE },
} as const;

type Name = keyof typeof attemptLimits;

export interface AttemptsOptions {
  readonly cache: Cache;
  readonly clock: Clock;
  /** Multiplies every limit; 0 lifts them. */
  readonly factor: number;
}

export type Attempts = ReturnType<typeof createAttempts>;

/** Counts what can be guessed, flooded or made to send mail; throws `rate-limited` before any work is done. */
export function createAttempts({ cache, clock, factor }: AttemptsOptions) {
  const limits = new Map(
    Object.entries(attemptLimits).map(([name, { limit, seconds }]) => {
      const options = { cache, clock, name: `auth.${name}`, limit: Math.ceil(limit * factor), seconds };
      return [name as Name, createRateLimit(options)];
    }),
  );
  const take = async (name: Name, key: string) => {
    if (factor > 0) await limits.get(name)?.take(key);
  };

  return {
    async signIn({ ip }: Request, login: string): Promise<void> {
      const address = addressKey(ip);
      const name = countedAs(login);
      await take('signInPerAddress', address);
      await take('signInPerLoginAndAddress', `${address} ${name}`);
      await take('signInPerLogin', name);
    },
    signUp: ({ ip }: Request): Promise<void> => take('signUpPerAddress', addressKey(ip)),
    async refresh({ ip }: Request, sessionId: string | undefined): Promise<void> {
      await take('refreshPerAddress', addressKey(ip));
      if (sessionId !== undefined) await take('refreshPerSession', sessionId);
    },
    reset: ({ ip }: Request): Promise<void> => take('resetPerAddress', addressKey(ip)),
    async resetMail(request: Request, email: string): Promise<void> {
      await take('resetPerAddress', addressKey(request.ip));
      await take('resetPerEmail', countedAs(email));
    },
    password: (userId: string): Promise<void> => take('passwordPerAccount', userId),
  };
}

/** The canonical form, so that spelling a name differently gives no more attempts; and nothing that a cache could tell. */
const countedAs = (login: string): string => fingerprint(JSON.stringify(loginKey(login) ?? null)).toString('base64url');

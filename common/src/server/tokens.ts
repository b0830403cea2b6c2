import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { ParleyError } from '../contracts/index.ts';
import type { Clock } from './clock.ts';
import type { Caller } from './session.ts';

export const TOKEN_ISSUER = 'parley';
export const TOKEN_AUDIENCE = 'parley';
/** How long an access token lives at the most. */
export const ACCESS_TOKEN_SECONDS = 600;

/** An invented key id must not make every request a question to auth. */
const ASK_AGAIN_MS = 10_000;
/** After auth could not be reached, requests are answered so long without trying. */
const FAILED_MS = 1_000;
/** Also without a reason the keys are asked for so often, so that a withdrawn one is forgotten. */
const KEYS_STALE_MS = 5 * 60_000;

export interface KeysOptions {
  readonly clock: Clock;
  /** The key set as auth publishes it. */
  readonly fetchKeys: () => Promise<readonly JsonWebKey[]>;
}

export interface Keys {
  /** Undefined: auth has no such key. Throws `unavailable` when nobody can tell. */
  find(id: string): Promise<KeyObject | undefined>;
  refresh(): Promise<void>;
}

/** Auth's public keys, kept while auth is away. */
export function createKeys({ clock, fetchKeys }: KeysOptions): Keys {
  let keys: ReadonlyMap<string, KeyObject> = new Map();
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let failedAt = Number.NEGATIVE_INFINITY;
  let fetching: Promise<void> | undefined;

  const refresh = () => {
    fetching ??= fetchKeys()
      .then((set) => {
        keys = new Map(set.filter(isOurs).map((jwk) => [String(jwk.kid), createPublicKey({ key: jwk, format: 'jwk' })]));
        fetchedAt = clock.now();
      })
      .catch((error: unknown) => {
        failedAt = clock.now();
        throw error;
      })
      .finally(() => {
        fetching = undefined;
      });
    return fetching;
  };

  return {
    refresh,
    async find(id) {
      const age = clock.now() - fetchedAt;
      if (age > KEYS_STALE_MS) refresh().catch(() => {});
      const known = keys.get(id);
      if (known || age <= ASK_AGAIN_MS) return known;
      if (clock.now() - failedAt < FAILED_MS) throw new ParleyError('unavailable', { retryAfter: 2 });
      await refresh().catch((cause: unknown) => {
        throw new ParleyError('unavailable', { retryAfter: 2, cause });
      });
      return keys.get(id);
    },
  };
}

const isOurs = (jwk: JsonWebKey) => jwk.kty === 'EC' && jwk.crv === 'P-256' && typeof jwk.kid === 'string';

/** Who a token speaks for, or `signed-out`. The algorithm is ours to say, never the token's. */
export async function verify(token: string, keys: Keys, now: number): Promise<Caller> {
  const key = await keys.find(keyIdOf(token));
  if (!key) throw new ParleyError('signed-out');
  try {
    const claims = jwt.verify(token, key, {
      algorithms: ['ES256'],
      issuer: TOKEN_ISSUER,
      audience: TOKEN_AUDIENCE,
      clockTimestamp: Math.floor(now / 1000),
    }) as jwt.JwtPayload;
    return { userId: String(claims.sub), sessionId: String(claims.sid), expiresAt: Number(claims.exp) * 1000 };
  } catch (cause) {
    throw new ParleyError('signed-out', { cause });
  }
}

function keyIdOf(token: string): string {
  try {
    const id = jwt.decode(token, { complete: true })?.header.kid;
    if (typeof id === 'string') return id;
  } catch {
    // Not a token at all: answered like a wrong one.
  }
  throw new ParleyError('signed-out');
}

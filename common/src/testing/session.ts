import { generateKeyPairSync, randomUUID } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { uuidv7 } from '../contracts/index.ts';
import { ACCESS_COOKIE, ACCESS_TOKEN_SECONDS, type Clock, systemClock, TOKEN_AUDIENCE, TOKEN_ISSUER } from '../server/index.ts';

const keyId = `test-${randomUUID()}`;
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** What auth would publish: the key that test sessions are signed with. */
export const testKeys = [{ ...publicKey.export({ format: 'jwk' }), kid: keyId, alg: 'ES256', use: 'sig' }];
export const fetchTestKeys = async () => testKeys;

const made = new Set<string>();
/** Auth has no row of a session that a test made. */
export const isTestSession = (sessionId: string) => made.has(sessionId);

export interface SignedIn {
  readonly userId: string;
  readonly sessionId: string;
  readonly token: string;
  /** As a `cookie` header. */
  readonly cookie: string;
}

export interface SignInOptions {
  readonly userId?: string;
  readonly sessionId?: string;
  readonly clock?: Clock;
  readonly seconds?: number;
}

/** Somebody with a real access token, for services that only verify it. */
export function signedIn(options: SignInOptions = {}): SignedIn {
  const { userId = uuidv7(), sessionId = uuidv7(), clock = systemClock, seconds = ACCESS_TOKEN_SECONDS } = options;
  made.add(sessionId);
  const iat = Math.floor(clock.now() / 1000);
  const token = jwt.sign({ sid: sessionId, iat, exp: iat + seconds }, privateKey, {
    algorithm: 'ES256',
    keyid: keyId,
    subject: userId,
    issuer: TOKEN_ISSUER,
    audience: TOKEN_AUDIENCE,
  });
  return { userId, sessionId, token, cookie: `${ACCESS_COOKIE}=${token}` };
}

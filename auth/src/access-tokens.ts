import { ACCESS_TOKEN_SECONDS, type Clock, TOKEN_AUDIENCE, TOKEN_ISSUER } from '@parley/common/server';
import jwt from 'jsonwebtoken';
import type { SigningKeys } from './signing-keys.ts';

/** Speaks for a session for some minutes, to every service and without asking anybody. */
export async function accessToken(keys: SigningKeys, clock: Clock, session: { readonly userId: string; readonly sessionId: string }) {
  const key = await keys.current();
  return jwt.sign({ sid: session.sessionId, iat: Math.floor(clock.now() / 1000) }, key.privateKey, {
    algorithm: 'ES256',
    keyid: key.id,
    issuer: TOKEN_ISSUER,
    audience: TOKEN_AUDIENCE,
    subject: session.userId,
    expiresIn: ACCESS_TOKEN_SECONDS,
  });
}

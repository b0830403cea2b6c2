import { ACCESS_COOKIE, ACCESS_TOKEN_SECONDS } from '@parley/common/server';
import type { CookieOptions, Request, Response } from 'express';
import { IDLE_MS } from './sessions.ts';

export const REFRESH_COOKIE = 'parley_refresh';

/** Both halves of a session, as a browser keeps them. */
export interface Tokens {
  readonly access: string;
  readonly refresh: string;
}

/** The refresh token goes to auth alone, and never along with a request that another site began. */
export function createCookies(origins: readonly string[]) {
  const secure = !origins.every(isOnThisMachine);
  const access: CookieOptions = { httpOnly: true, secure, sameSite: 'lax', path: '/' };
  const refresh: CookieOptions = { httpOnly: true, secure, sameSite: 'strict', path: '/api/auth' };
  return {
    refreshToken: (request: Request): string => String(request.cookies[REFRESH_COOKIE] ?? ''),
    set(response: Response, tokens: Tokens) {
      response.cookie(ACCESS_COOKIE, tokens.access, { ...access, maxAge: ACCESS_TOKEN_SECONDS * 1000 });
      response.cookie(REFRESH_COOKIE, tokens.refresh, { ...refresh, maxAge: IDLE_MS });
    },
    clear(response: Response) {
      response.clearCookie(ACCESS_COOKIE, access);
      response.clearCookie(REFRESH_COOKIE, refresh);
    },
  };
}

export type Cookies = ReturnType<typeof createCookies>;

/**
 * Browsers take cookies marked Secure over HTTPS only, and not all of them on loopback. The configured origins decide:
 * a header would let anyone ask for a cookie that travels in the clear.
 */
function isOnThisMachine(origin: string): boolean {
  const { protocol, hostname } = new URL(origin);
  return (
    protocol === 'http:' && (hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127\./.test(hostname))
  );
}

import type { IncomingMessage } from 'node:http';
import cookie from 'cookie';
import { ParleyError } from '../contracts/index.ts';
import type { Standing } from './standing.ts';
import { ACCESS_TOKEN_SECONDS, createKeys, type KeysOptions, verify } from './tokens.ts';

export { ACCESS_TOKEN_SECONDS, TOKEN_AUDIENCE, TOKEN_ISSUER } from './tokens.ts';

/** Who asks, as an access token says it. */
export interface Caller {
  readonly userId: string;
  readonly sessionId: string;
  /** Milliseconds since 1970: when the token runs out. */
  readonly expiresAt: number;
}

/** Reads the session of a request, or throws `signed-out`; `unavailable` when nobody can tell. */
export type Authenticate = (request: IncomingMessage) => Promise<Caller>;

export const ACCESS_COOKIE = 'parley_access';

export interface Sessions {
  readonly authenticate: Authenticate;
  /** Heard from `session.ended`: their access tokens are refused from now on. */
  readonly end: (sessionIds: readonly string[]) => void;
  readonly hasEnded: (sessionId: string) => boolean;
  /** Some endings may have been missed: what was believed of sessions is asked again. */
  readonly doubt: () => void;
  readonly refreshKeys: () => Promise<void>;
}

/** Tokens that were verified, by themselves. */
export type KnownTokens = Map<string, Caller>;

export interface SessionsOptions extends KeysOptions {
  /** Shared by services that are parts of one process: verifying is most of what a handshake costs. */
  readonly knownTokens?: KnownTokens;
  /** Asked for each session that is new here: it may have ended before this pod could hear of it. */
  readonly standing?: (sessionId: string) => Promise<Standing>;
}

/** Verifying costs about 0.1 ms of processor; a token is verified once and then known, by a bounded number. */
const KNOWN_TOKENS = 20_000;
/** Sessions of which this pod has learned that they go on, and whose end it would hear. */
const KNOWN_SESSIONS = 50_000;
/** Ended sessions are remembered a little longer than their last token can live. */
const REMEMBERED_MS = (ACCESS_TOKEN_SECONDS + 60) * 1000;

/** Verifies access tokens with auth's public keys, which are kept while auth is away. */
export function createSessions({ clock, fetchKeys, standing, knownTokens: known = new Map() }: SessionsOptions): Sessions {
  const keys = createKeys({ clock, fetchKeys });
  const open = new Set<string>();
  const ended = new Map<string, number>();
  let doubts = 0;

  const end = (sessionIds: readonly string[]) => {
    const now = clock.now();
    for (const [id, until] of ended) {
      // In order of their ends: the first that still counts ends the walk.
      if (until >= now) break;
      ended.delete(id);
    }
    for (const id of sessionIds) {
      open.delete(id);
      ended.set(id, now + REMEMBERED_MS);
    }
  };

  const meet = async (token: string): Promise<Caller> => {
    const caller = await verify(token, keys, clock.now());
    known.set(token, caller);
    keepNewest(known, KNOWN_TOKENS);
    return caller;
  };

  /** A session of which nobody can tell goes on, and is asked for again the next time. */
  const inquire = async (sessionId: string) => {
    const before = doubts;
    const answer = await standing?.(sessionId);
    if (answer === 'ended') return end([sessionId]);
    // What was asked before a doubt may have been answered before what was missed.
    if (answer === 'unknown' || doubts !== before || ended.has(sessionId)) return;
    open.add(sessionId);
    keepNewest(open, KNOWN_SESSIONS);
  };

  return {
    async authenticate(request) {
      const token = cookie.parse(request.headers.cookie ?? '')[ACCESS_COOKIE];
      if (!token) throw new ParleyError('signed-out');
      const caller = known.get(token) ?? (await meet(token));
      if (!open.has(caller.sessionId) && !ended.has(caller.sessionId)) await inquire(caller.sessionId);
      if (caller.expiresAt > clock.now() && !ended.has(caller.sessionId)) return caller;
      known.delete(token);
      throw new ParleyError('signed-out');
    },
    end,
    hasEnded: (sessionId) => ended.has(sessionId),
    doubt() {
      doubts += 1;
      open.clear();
    },
    refreshKeys: keys.refresh,
  };
}

function keepNewest(kept: Map<string, unknown> | Set<string>, most: number) {
  for (const oldest of kept.keys()) {
    if (kept.size <= most) break;
    kept.delete(oldest);
  }
}

import type { ErrorCode, Input, Output, Route, routes } from '@parley/common/contracts';
import { type Clock, systemClock } from './clock.ts';

/** A session of anybody else is refused: cookies belong to the browser, and may have changed hands. */
const USER_HEADER = 'parley-user';
/** A link that died without a word never answers, and whatever waits in line behind it would wait for ever. */
export const REQUEST_WITHIN_MS = 30_000;

type Routes = typeof routes;
type AnyRoute = Routes[keyof Routes];
type RouteAt<M extends string, P extends string> = Extract<AnyRoute, { method: M; path: P }>;
type Given<R> = R extends Route ? Partial<Input<R>> : never;
type Answered<R> = R extends Route ? Output<R> : never;

/** What the server answered instead, or that it could not be reached (`offline`). */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly code: ErrorCode | 'offline';
  readonly retryable: boolean;
  readonly retryAfter: number | undefined;
  readonly details: readonly { field?: string; code?: string; message: string }[];

  constructor(problem: {
    code: ErrorCode | 'offline';
    title: string;
    retryable: boolean;
    retryAfter?: number;
    details?: RequestError['details'];
  }) {
    super(problem.title);
    this.code = problem.code;
    this.retryable = problem.retryable;
    this.retryAfter = problem.retryAfter;
    this.details = problem.details ?? [];
  }
}

export interface RequestOptions {
  /** Where the platform is, without a slash at the end; empty in a browser that was served by it. */
  readonly base: string;
  readonly fetch: typeof globalThis.fetch;
  /** One refresh at a time for all tabs: in a browser, a Web Lock. */
  readonly exclusively?: <T>(work: () => Promise<T>) => Promise<T>;
  /** The session is over, and no refresh will bring it back. */
  readonly onSessionEnd?: () => void;
  /** [D8] Whom this client is for: answers for anybody else, who signed in on this browser meanwhile, are refused. */
  readonly userId?: string;
  /** Ends what is under way and refuses what comes. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/**
 * Calls the routes of the contracts by method and path, typed by them; the schemas themselves stay on the server. A
 * session that ran out is refreshed once and the call repeated.
 */
export function createRequests({
  base,
  fetch,
  exclusively = (work) => work(),
  onSessionEnd,
  userId,
  signal,
  clock = systemClock,
}: RequestOptions) {
  let refreshing: Promise<boolean> | undefined;

  const refresh = () => {
    refreshing ??= exclusively(() => send('post', '/api/auth/refresh', {}))
      .then(
        (renewed) => {
          const mine = userId === undefined || (renewed as { userId: string }).userId === userId;
          if (!mine) onSessionEnd?.();
          return mine;
        },
        (error: unknown) => {
          if (!(error instanceof RequestError) || error.retryable) throw error;
          onSessionEnd?.();
          return false;
        },
      )
      .finally(() => {
        refreshing = undefined;
      });
    return refreshing;
  };

  const send = async (method: string, path: string, input: Record<string, unknown>): Promise<unknown> => {
    const { url, rest } = fill(path, input);
    const inQuery = method === 'get';
    const query = inQuery ? queryOf(rest) : '';
    const hasBody = !inQuery && Object.keys(rest).length > 0;
    const late = new AbortController();
    const over = signal ? AbortSignal.any([signal, late.signal]) : late.signal;
    const answered = clock.after(REQUEST_WITHIN_MS, () => late.abort());
    let response: Response;
    let body: unknown;
    try {
      response = await fetch(`${base}${url}${query}`, {
        method: method.toUpperCase(),
        credentials: 'include',
        headers: { ...(userId !== undefined && { [USER_HEADER]: userId }), ...(hasBody && { 'content-type': 'application/json' }) },
        ...(hasBody && { body: JSON.stringify(rest) }),
        signal: over,
      });
      body = await response.json().catch(() => undefined);
      over.throwIfAborted();
    } catch (cause) {
      throw Object.assign(new RequestError({ code: 'offline', title: 'There is no connection.', retryable: true }), { cause });
    } finally {
      answered();
    }
    if (response.ok) return body;
    throw new RequestError(
      isProblem(body) ? body : { code: 'unavailable', title: `The server answered ${response.status}.`, retryable: true },
    );
  };

  return {
    refresh,
    async request<M extends AnyRoute['method'], P extends Extract<AnyRoute, { method: M }>['path']>(
      method: M,
      path: P,
      input: Given<RouteAt<M, P>>,
    ): Promise<Answered<RouteAt<M, P>>> {
      try {
        return (await send(method, path, input)) as Answered<RouteAt<M, P>>;
      } catch (error) {
        const expired = error instanceof RequestError && error.code === 'signed-out' && !path.startsWith('/api/auth/sign-');
        if (!expired || !(await refresh())) throw error;
        return (await send(method, path, input)) as Answered<RouteAt<M, P>>;
      }
    },
  };
}

export type Requests = ReturnType<typeof createRequests>;

/** Puts parameters into their places; what is left goes into the query or the body. */
function fill(path: string, input: Record<string, unknown>) {
  const rest = { ...input };
  const url = path.replace(/:(\w+)/g, (_, name: string) => {
    const value = String(rest[name]);
    delete rest[name];
    return encodeURIComponent(value);
  });
  return { url, rest };
}

function queryOf(rest: Record<string, unknown>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(rest)) if (value !== undefined) query.set(name, String(value));
  return query.size > 0 ? `?${query}` : '';
}

const isProblem = (body: unknown): body is ConstructorParameters<typeof RequestError>[0] =>
  typeof body === 'object' && body !== null && 'code' in body && 'title' in body;

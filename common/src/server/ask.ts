import { type ErrorCode, errors, type Input, type Output, ParleyError, type Route, requestOf, type Service } from '../contracts/index.ts';
import type { Ask } from './world.ts';

const ANSWER_MS = 5_000;

/** Asks other services over HTTP; `bases` says where each is. What they refuse is thrown with their code, what is away as `unavailable`. */
export function askOver(bases: (service: Service) => string | undefined): Ask {
  return async <R extends Route>(route: R, input: Input<R>): Promise<Output<R>> => {
    const base = bases(route.service);
    if (base === undefined) throw new ParleyError('unavailable', { cause: new Error(`nobody said where ${route.service} is`) });
    const { method, path, body } = requestOf(route, input);
    const response = await reach(new URL(path, base), {
      method,
      ...(body !== undefined && { body, headers: { 'content-type': 'application/json' } }),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const answer = response.status === 204 ? undefined : await response.json().catch(away);
    if (!response.ok) throw asRefused(answer, response.status);
    if (route.output === null) return undefined as Output<R>;
    return route.output.parse(answer) as Output<R>;
  };
}

const reach = (url: URL, init: RequestInit) => fetch(url, init).catch(away);

const away = (cause: unknown) => {
  throw new ParleyError('unavailable', { retryAfter: 1, cause });
};

/** The error that the other service answered with; one without a code of ours came from something between. */
export function asRefused(problem: unknown, status: number): ParleyError {
  const { code, title, details, retryAfter } = (problem ?? {}) as Partial<Record<string, unknown>>;
  if (typeof code !== 'string' || !Object.hasOwn(errors, code)) {
    return new ParleyError(status >= 500 ? 'unavailable' : 'internal', { cause: new Error(`answered with ${status}`) });
  }
  return new ParleyError(code as ErrorCode, {
    ...(typeof title === 'string' && { message: title }),
    ...(Array.isArray(details) && { details }),
    ...(typeof retryAfter === 'number' && { retryAfter }),
  });
}

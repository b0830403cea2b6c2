import { type Input, type Output, type ParleyError, type Refusal, type Route, requestOf } from '../contracts/index.ts';
import { asRefused } from '../server/index.ts';

/** The origin that services under test allow. */
export const TEST_ORIGIN = 'https://parley.test';

export interface VisitOptions {
  /** A `cookie` header to begin with. */
  readonly cookie?: string;
  /** Null sends none. */
  readonly origin?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a service refused with; it has all that the problem said. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: ParleyError['code'];
  readonly status: number;
  readonly details: readonly Refusal[];
  readonly retryAfter: number | undefined;
  readonly headers: Headers;

  constructor({ code, message, details, retryAfter }: ParleyError, response: Response) {
    super(`${response.status} ${code}: ${message}`);
    this.code = code;
    this.details = details;
    this.retryAfter = retryAfter;
    this.status = response.status;
    this.headers = response.headers;
  }
}

export interface Visitor {
  /** The typed answer, or `Refused` is thrown. */
  call<R extends Route>(route: R, input: Input<R>): Promise<Output<R>>;
  /** Anything, also what no contract knows; nothing is thrown. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Cookies as a browser would keep them, by name. */
  readonly cookies: Map<string, string>;
  /** Response of the last call. */
  readonly last: Response | undefined;
}

/** Somebody at a browser: keeps cookies and names its page's origin. */
export function visitor(url: string, { cookie, origin = TEST_ORIGIN, headers = {} }: VisitOptions = {}): Visitor {
  const cookies = new Map((cookie?.split('; ') ?? []).map(pair));
  let last: Response | undefined;

  const visit = async (path: string, init: RequestInit = {}) => {
    const sent = new Headers({ ...headers, ...(origin !== null && { origin }) });
    if (cookies.size > 0) sent.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    for (const [name, value] of new Headers(init.headers)) sent.set(name, value);
    const response = await fetch(new URL(path, url), { redirect: 'manual', ...init, headers: sent });
    for (const line of response.headers.getSetCookie()) keep(cookies, line);
    return response;
  };

  return {
    cookies,
    get last() {
      return last;
    },
    fetch: visit,
    async call(route, input) {
      const { method, path, body } = requestOf(route, input);
      last = await visit(path, { method, ...(body !== undefined && { body, headers: { 'content-type': 'application/json' } }) });
      const text = await last.text();
      const answer: unknown = text === '' ? undefined : JSON.parse(text);
      if (!last.ok) throw new Refused(asRefused(answer, last.status), last);
      return answer as never;
    },
  };
}

/** One call of one visitor. */
export const call = <R extends Route>(url: string, route: R, input: Input<R>, options?: VisitOptions): Promise<Output<R>> =>
  visitor(url, options).call(route, input);

function keep(cookies: Map<string, string>, line: string) {
  const [first = '', ...attributes] = line.split(';');
  const [name, value] = pair(first);
  const over = attributes.some((attribute) => /^\s*max-age=0+$/i.test(attribute) || /^\s*expires=.*1970/i.test(attribute));
  if (over || value === '') cookies.delete(name);
  else cookies.set(name, value);
}

function pair(text: string): [string, string] {
  const at = text.indexOf('=');
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

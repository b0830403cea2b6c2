import cookieParser from 'cookie-parser';
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import type { Registry } from 'prom-client';
import { type Input, type Output, ParleyError, type Route, uuidv7 } from '../contracts/index.ts';
import { readObject } from './body.ts';
import { answerDocuments } from './documents.ts';
import type { Logger } from './log.ts';
import { requestSeconds } from './meters.ts';
import { refusals, reportError } from './problem.ts';
import type { Authenticate, Caller } from './session.ts';

/** What a handler learns beside its input. A route without a session has no caller. */
export interface Asked<R extends Route> {
  readonly caller: R['access'] extends 'session' ? Caller : undefined;
  /** `request.ip` is the client's address as far as trusted proxies tell. */
  readonly request: Request;
  /** For headers, and for an answer that is not JSON: what the handler ends itself is left as it is. */
  readonly response: Response;
}

export type Answer<R extends Route> = (input: Input<R>, asked: Asked<R>) => Promise<Output<R>> | Output<R>;

/** The person that a client expects the session to be of. */
const USER_HEADER = 'parley-user';

export interface HttpOptions {
  readonly log: Logger;
  readonly allowedOrigins: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly authenticate: Authenticate;
  readonly metrics?: Registry;
  /** Asked before the body is read; throws `rate-limited`. */
  readonly admit?: (request: Request, caller: Caller | undefined) => Promise<void>;
}

export interface Http {
  readonly app: Express;
  answer<R extends Route>(route: R, handler: Answer<R>): void;
  /** Last: what no route took, and what one threw. */
  finish(): Express;
}

/** An Express application whose routes come from the contracts: caller, input and answer are checked in one place. */
export function createHttp(options: HttpOptions): Http {
  const { log, trustedProxies, metrics } = options;
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', trustedProxies.length > 0 ? [...trustedProxies] : false);
  app.set('query parser', 'simple');
  app.set('etag', false);
  app.use(begin(log));
  if (metrics) app.use(measure(metrics));
  app.use(cookieParser());
  answerDocuments(app);
  const methods = new Map<string, string[]>();

  return {
    app,
    answer(route, handler) {
      methods.set(route.path, [...(methods.get(route.path) ?? []), route.method.toUpperCase()]);
      app[route.method](route.path, async (request, response) => {
        response.locals.route = route.path;
        response.locals.service = route.service;
        await answerOne(route, handler, options, request, response);
      });
    },
    finish() {
      for (const [path, allowed] of methods) {
        app.all(path, (_request, response) => {
          response.set('allow', allowed.join(', '));
          throw new ParleyError('method-not-allowed');
        });
      }
      app.use(() => {
        throw new ParleyError('not-found');
      });
      app.use(reportError(log));
      return app;
    },
  };
}

async function answerOne<R extends Route>(route: R, handler: Answer<R>, options: HttpOptions, request: Request, response: Response) {
  if (route.access !== 'internal') refuseForeignOrigin(request, options.allowedOrigins);
  const caller = route.access === 'session' ? await options.authenticate(request) : undefined;
  // [D8] Cookies belong to the browser: a client says whom it is for, and learns nothing of who signed in there after them.
  const expected = request.get(USER_HEADER);
  if (caller && expected !== undefined && expected !== caller.userId) throw new ParleyError('signed-out');
  if (route.access !== 'internal') await options.admit?.(request, caller);
  const given = await readInput(route, request, response);
  const parsed = route.input.safeParse({ ...given, ...request.params });
  if (!parsed.success) throw new ParleyError('invalid-input', { details: refusals(parsed.error) });
  const output = await handler(parsed.data as Input<R>, { caller: caller as Asked<R>['caller'], request, response });
  if (response.headersSent) return;
  response.status(route.status ?? (route.output === null ? 204 : 200));
  // Parsed, so that what the contract does not name never leaves, whatever a query has selected.
  if (route.output === null) response.end();
  else response.json(route.output.parse(output));
}

/** From one place only: what belongs into a body must not end up in the logs of a proxy. */
async function readInput(route: Route, request: Request, response: Response): Promise<object> {
  if (route.method === 'get') return request.query;
  return route.upload ? {} : readObject(request, response, route.access === 'internal' ? 'inside' : 'outside');
}

/** A write from another page than ours is refused, and so is one that does not say where it comes from but bears cookies. */
function refuseForeignOrigin(request: Request, allowed: readonly string[]) {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const origin = request.get('origin');
  if (origin === undefined ? request.headers.cookie === undefined : allowed.includes(origin)) return;
  throw new ParleyError('origin-refused');
}

const headers = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

/** A request id from outside is kept only from a proxy that we trust; it ends up in logs. */
const begin = (log: Logger): RequestHandler => {
  const suspect = onlyOnce((peer: string | undefined) =>
    log.warn({ peer }, 'X-Forwarded-For from none of TRUSTED_PROXIES: if this is your proxy, all behind it count as one'),
  );
  return (request, response, next) => {
    const trusts = request.app.get('trust proxy fn') as (address: string | undefined, hop: number) => boolean;
    const peer = request.socket.remoteAddress;
    const trusted = trusts(peer, 0);
    if (!trusted && request.headers['x-forwarded-for'] !== undefined) suspect(peer);
    const given = request.get('x-request-id');
    request.id = given && /^[\w-]{8,64}$/.test(given) && trusted ? given : uuidv7();
    response.set({ 'x-request-id': request.id, ...headers });
    next();
  };
};

/** What anybody can provoke must not fill the log. */
function onlyOnce<T>(say: (about: T) => void): (about: T) => void {
  let said = false;
  return (about) => {
    if (!said) say(about);
    said = true;
  };
}

const measure = (metrics: Registry): RequestHandler => {
  const seconds = requestSeconds(metrics);
  return (request, response, next) => {
    const stop = seconds.startTimer();
    response.once('close', () => {
      const { service = 'none', route = 'none' } = response.locals as { service?: string; route?: string };
      // A client that left before it had its answer has got no status.
      const status = response.writableFinished ? `${Math.floor(response.statusCode / 100)}xx` : 'left';
      stop({ service, route, method: route === 'none' ? 'any' : request.method, status });
    });
    next();
  };
};

declare global {
  namespace Express {
    interface Request {
      id: string;
    }
  }
}

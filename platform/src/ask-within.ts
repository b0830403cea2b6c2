import { createServer, request as httpRequest, type IncomingMessage, type RequestListener } from 'node:http';
import { duplexPair } from 'node:stream';
import { json } from 'node:stream/consumers';
import { type Input, type Output, ParleyError, type Route, requestOf } from '@parley/common/contracts';
import { type Ask, asRefused } from '@parley/common/server';
import type { Running } from './running.ts';

const ARRIVAL_MS = 5_000;

/**
 * Asks a service of the same process over HTTP, but on a pair of streams instead of a socket: internal routes are
 * nowhere to be reached from outside, and not even from another program of the same machine.
 */
export function askWithin(running: Running): Ask {
  return async <R extends Route>(route: R, input: Input<R>): Promise<Output<R>> => {
    const service = await running.arrival(route.service, ARRIVAL_MS);
    if (!service) throw new ParleyError('unavailable', { retryAfter: 1, cause: new Error(`${route.service} does not run yet`) });
    const { method, path, body } = requestOf(route, input);
    const response = await exchange(service.http, method, path, body);
    const status = response.statusCode ?? 500;
    const answer: unknown = status === 204 ? undefined : await json(response).catch(() => undefined);
    response.resume();
    if (status >= 400) throw asRefused(answer, status);
    if (route.output === null) return undefined as Output<R>;
    return route.output.parse(answer) as Output<R>;
  };
}

function exchange(listener: RequestListener, method: string, path: string, body: string | undefined): Promise<IncomingMessage> {
  const [near, far] = duplexPair();
  createServer(listener).emit('connection', far);
  return new Promise((resolve, reject) => {
    const headers = { connection: 'close', ...(body !== undefined && { 'content-type': 'application/json' }) };
    const request = httpRequest({ createConnection: () => near, method, path, headers, host: 'within' });
    request.once('response', resolve).once('error', reject);
    request.end(body);
  });
}

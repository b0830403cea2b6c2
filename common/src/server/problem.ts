import type { ErrorRequestHandler } from 'express';
import type { z } from 'zod';
import { errors, ParleyError, type Refusal } from '../contracts/index.ts';
import { isAway } from '../database/index.ts';
import type { Logger } from './log.ts';

/** Seconds after which a store that is away may be there again. */
const RETRY_AFTER = 2;

/** What of an input is not as it should be, field by field; never the value itself. */
export const refusals = (error: z.ZodError): Refusal[] =>
  error.issues.map(({ path, code, message }) => ({ field: path.join('.'), code, message }));

/** The only place that turns an error into a response: problem+json, and never a detail of a fault of our own. */
export const reportError =
  (log: Logger): ErrorRequestHandler =>
  (error: unknown, request, response, _next) => {
    const known = asParleyError(error);
    if (known.code === 'internal') {
      log.error({ error, requestId: request.id, method: request.method, route: response.locals.route }, 'a request failed');
    }
    if (known.code === 'unavailable')
      log.warn({ error: known.cause, requestId: request.id, route: response.locals.route }, 'a request had to be put off');
    if (response.headersSent) return void response.destroy();
    const { status } = errors[known.code];
    if (known.retryAfter !== undefined) response.set('retry-after', String(Math.ceil(known.retryAfter)));
    response
      .status(status)
      .set('content-type', 'application/problem+json')
      .send(Buffer.from(JSON.stringify(problemOf(known, request.id))));
  };

/** RFC 9457, with our stable code beside its fields. */
function problemOf(error: ParleyError, requestId: string) {
  const { status, retryable } = errors[error.code];
  return {
    type: `urn:parley:error:${error.code}`,
    title: error.message,
    status,
    code: error.code,
    retryable,
    ...(error.retryAfter !== undefined && { retryAfter: error.retryAfter }),
    ...(error.details.length > 0 && { details: error.details }),
    requestId,
  };
}

function asParleyError(error: unknown): ParleyError {
  if (error instanceof ParleyError) return error;
  // Express's router says only that it was the client.
  const { status } = error as { status?: number };
  if (typeof status === 'number' && status >= 400 && status < 500) return new ParleyError('invalid-input', { cause: error });
  return isAway(error)
    ? new ParleyError('unavailable', { retryAfter: RETRY_AFTER, cause: error })
    : new ParleyError('internal', { cause: error });
}

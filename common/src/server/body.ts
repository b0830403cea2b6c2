import type { IncomingMessage } from 'node:http';
import express, { type Request, type Response } from 'express';
import { isFlat, limits, ParleyError } from '../contracts/index.ts';

/** Services ask each other in bulk. */
const INTERNAL_BYTES = 1024 * 1024;

/** Not strict: what is JSON and no object is told so below. */
const json = (limit: number) => express.json({ limit, type: () => true, strict: false });
const parsers = { outside: json(limits.bodyBytes), inside: json(INTERNAL_BYTES) };

/** The object that a request carries as JSON; an empty one when it carries nothing. */
export async function readObject(request: Request, response: Response, from: keyof typeof parsers): Promise<object> {
  if (!hasBody(request)) return {};
  if (!request.is('application/json')) throw new ParleyError('unsupported-media');
  await new Promise<void>((resolve, reject) =>
    parsers[from](request, response, (error?: unknown) => (error ? reject(refusalOf(error)) : resolve())),
  );
  const body: unknown = request.body;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ParleyError('malformed-body', { message: 'The body is JSON, but not an object.' });
  }
  if (!isFlat(body)) throw new ParleyError('malformed-body', { message: 'The body is nested too deeply.' });
  return body;
}

/** The parser says what was wrong by status alone when the body is not packed as it says. */
function refusalOf(error: unknown): unknown {
  const { status } = error as { status?: number };
  if (status === 413) return new ParleyError('too-large', { cause: error });
  if (status === 415) return new ParleyError('unsupported-media', { cause: error });
  return status === 400 ? new ParleyError('malformed-body', { cause: error }) : error;
}

const hasBody = ({ headers }: IncomingMessage) => headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/**
 * The body as it comes, and no more of it than `limit`. What is too much is read no further, but the connection is left
 * whole, so that the client gets to hear why.
 */
export async function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw new ParleyError('too-large');
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    const take = (part: Buffer) => {
      length += part.length;
      parts.push(part);
      if (length > limit) end(() => reject(new ParleyError('too-large')));
    };
    const done = () => end(() => resolve(Buffer.concat(parts)));
    const broken = () => end(() => reject(new ParleyError('malformed-body')));
    const end = (settle: () => void) => {
      request.off('data', take).off('end', done).off('error', broken).off('close', broken);
      settle();
    };
    request.on('data', take).on('end', done).on('error', broken).on('close', broken);
  });
}

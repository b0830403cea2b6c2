import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { fingerprint } from './secrets.ts';

/**
 * A refresh token, read: the session, its place in the chain, 256 bits that nobody can guess, and a tag that says we
 * made it. Each token determines its successor together with our key, so that the previous token can be answered with
 * the same successor again while only a hash of the newest is kept (docs/decisions/refresh-token-chain.md).
 */
export interface RefreshToken {
  readonly sessionId: string;
  readonly generation: number;
  readonly secret: Buffer;
}

const SESSION_BYTES = 16;
const GENERATION_BYTES = 4;
const SECRET_BYTES = 32;
const TAG_BYTES = 16;
const BODY_BYTES = SESSION_BYTES + GENERATION_BYTES + SECRET_BYTES;
const written = /^[\w-]{91}$/;

export const firstToken = (sessionId: string): RefreshToken => ({ sessionId, generation: 1, secret: randomBytes(SECRET_BYTES) });

export const successorOf = (token: RefreshToken, key: Buffer): RefreshToken => ({
  sessionId: token.sessionId,
  generation: token.generation + 1,
  secret: createHmac('sha256', key).update('successor').update(bodyOf(token)).digest(),
});

/** All that is kept of a token. */
export const hashOf = (token: RefreshToken): Buffer => fingerprint(bodyOf(token));

export function writeToken(token: RefreshToken, key: Buffer): string {
  const body = bodyOf(token);
  return Buffer.concat([body, tagOf(body, key)]).toString('base64url');
}

/** Undefined for whatever we did not make: such a token is no reuse of anything, and costs no question to the database. */
export function readToken(text: string, keys: readonly Buffer[]): RefreshToken | undefined {
  if (!written.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  const body = bytes.subarray(0, BODY_BYTES);
  const tag = bytes.subarray(BODY_BYTES);
  if (!keys.some((key) => timingSafeEqual(tagOf(body, key), tag))) return undefined;
  return {
    sessionId: uuidOf(body.subarray(0, SESSION_BYTES)),
    generation: body.readUInt32BE(SESSION_BYTES),
    secret: body.subarray(SESSION_BYTES + GENERATION_BYTES),
  };
}

function bodyOf({ sessionId, generation, secret }: RefreshToken): Buffer {
  const place = Buffer.alloc(GENERATION_BYTES);
  place.writeUInt32BE(generation);
  return Buffer.concat([Buffer.from(sessionId.replaceAll('-', ''), 'hex'), place, secret]);
}

const tagOf = (body: Buffer, key: Buffer) => createHmac('sha256', key).update('tag').update(body).digest().subarray(0, TAG_BYTES);

const uuidOf = (bytes: Buffer) => bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

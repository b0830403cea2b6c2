import { sentences } from './error-sentences.ts';

/**
 * Every error that leaves a service: its stable code, the HTTP status it is answered with, and whether trying the very
 * same thing again can help. Codes never change their meaning. What a person may read of it is in `error-sentences.ts`.
 */
const final = <S extends number>(status: S) => ({ status, retryable: false }) as const;
const retryable = <S extends number>(status: S) => ({ status, retryable: true }) as const;

export const errors = {
  'invalid-input': final(400),
  /** A frame of a type that this pod doesn't know; its socket lives on, for a newer client may say more. */
  'unknown-frame': final(400),
  'malformed-body': final(400),
  'signed-out': final(401),
  'wrong-credentials': final(401),
  'wrong-password': final(403),
  'origin-refused': final(403),
  'registration-closed': final(403),
  'invite-invalid': final(403),
  'account-disabled': final(403),
  /** Of a push endpoint: not https, or not on a public address. */
  'endpoint-refused': final(400),
  'push-off': final(404),
  'not-a-member': final(403),
  'not-found': final(404),
  'person-not-found': final(404),
  'method-not-allowed': final(405),
  'email-taken': final(409),
  'user-name-taken': final(409),
  'user-name-reserved': final(409),
  'link-expired': final(410),
  'too-large': final(413),
  'unsupported-media': final(415),
  'rate-limited': retryable(429),
  internal: retryable(500),
  unavailable: retryable(503),
  'bus-away': retryable(503),
  'bus-full': retryable(503),

  // What a command on the chat socket can be refused with (`message.refused`); the status is what HTTP would have said.
  'client-id-reused': final(409),
  'edited-elsewhere': final(409),
  'message-not-found': final(404),
  'message-deleted': final(409),
  'not-yours': final(403),
  'person-gone': final(410),
  'only-answered': final(403),
  'too-many-conversations': final(429),
  'too-many-reactions': final(409),
  'too-many-rooms': final(409),
  'written-to-self': final(400),
  /** An earlier command of the same socket was refused to be retried; order forbids to take this one before it. */
  'behind-refused': retryable(503),
} as const satisfies Record<string, { status: number; retryable: boolean }>;

export type ErrorCode = keyof typeof errors;

/**
 * Why a server closes a socket. Codes below 4500 mean "come back" (after `reconnect` seconds at the most, jittered);
 * codes from 4500 on are final: the same client with the same session would only be closed again.
 */
export const closeCodes = {
  /** The pod is going away; come back at once, another one is ready. */
  'going-away': { code: 4000, final: false },
  /** The client reads too slowly; nothing is lost, it catches up on return. */
  'too-slow': { code: 4001, final: false },
  /** Nothing was heard from the client for too long. */
  'timed-out': { code: 4002, final: false },
  /** The pod has too many sockets or is not ready; come back later. */
  'try-later': { code: 4003, final: false },
  /** The access token ran out and was not renewed in time. */
  'token-expired': { code: 4004, final: false },
  /** More commands than the limits allow, for too long. */
  flooding: { code: 4005, final: false },
  /** The client speaks a protocol that is no longer served: reload the page. */
  'outdated-client': { code: 4500, final: true },
  /** The session was signed out, revoked or its account is gone. */
  'session-ended': { code: 4501, final: true },
  /** What came was not a frame, or was too large. */
  'bad-frame': { code: 4502, final: true },
} as const satisfies Record<string, { code: number; final: boolean }>;

export type CloseReason = keyof typeof closeCodes;

export interface Refusal {
  readonly field?: string;
  readonly code?: string;
  readonly message: string;
}

/** An error with a code of the table. `details` is for the person who asked; `cause` is for the log alone. */
export class ParleyError extends Error {
  override readonly name = 'ParleyError';
  readonly code: ErrorCode;
  readonly details: readonly Refusal[];
  /** Seconds. */
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, options: { message?: string; details?: readonly Refusal[]; retryAfter?: number; cause?: unknown } = {}) {
    super(options.message ?? sentences[code], 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.details = options.details ?? [];
    this.retryAfter = options.retryAfter;
  }
}

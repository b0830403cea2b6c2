import { request as requestPlainly } from 'node:http';
import { Agent, request } from 'node:https';
import { isIP } from 'node:net';
import { isPublic, NotPublic } from './addresses.ts';
import { type BrowserKeys, encrypt } from './encryption.ts';
import type { Endpoints } from './endpoints.ts';
import type { Vapid } from './vapid.ts';

export interface PushOptions {
  readonly endpoint: string;
  readonly keys: BrowserKeys;
  readonly text: string;
  /** At most 32 characters of base64url: a later one of the same topic replaces what the push service still holds. */
  readonly topic: string;
}

/** What became of it. `later`: the push service can't take it now, and may have said for how long. */
export type Posted = { readonly was: 'taken' | 'gone' | 'refused' } | { readonly was: 'later'; readonly afterMs: number | undefined };

export type Post = (push: PushOptions) => Promise<Posted>;

/** A message of yesterday is no news. */
const TTL_SECONDS = 24 * 60 * 60;
const ANSWER_WITHIN_MS = 10_000;

export interface PostOptions {
  readonly vapid: Vapid;
  readonly endpoints: Endpoints;
  readonly now: () => number;
}

/** Hands a notification to the push service of a browser (RFC 8030). Redirects are not followed, answers are not read. */
export function createPost({ vapid, endpoints, now }: PostOptions): Post & Disposable {
  const agent = new Agent({ keepAlive: true, maxSockets: 4, timeout: ANSWER_WITHIN_MS });
  const post: Post = async ({ endpoint, keys, text, topic }) => {
    const url = new URL(endpoint);
    const lookup = endpoints.lookupFor(url);
    const body = encrypt(text, keys);
    const headers = {
      authorization: vapid.authorization(url.origin, now()),
      'content-encoding': 'aes128gcm',
      'content-type': 'application/octet-stream',
      'content-length': body.length,
      ttl: TTL_SECONDS,
      urgency: 'high',
      topic,
    };
    const host = url.hostname.replace(/^\[|\]$/g, '');
    // A literal address is not looked up.
    if (lookup && isIP(host) && !isPublic(host)) throw new NotPublic(`${host} is not a public address`);
    const options = { method: 'POST', headers, signal: AbortSignal.timeout(ANSWER_WITHIN_MS), ...(lookup && { lookup }) };
    const sent = url.protocol === 'https:' ? request(url, { ...options, agent }) : requestPlainly(url, options);
    return new Promise((settle, reject) => {
      sent.once('error', reject);
      sent.once('response', (response) => {
        // What it says is of no use; that it says much is ended by the signal.
        response.on('error', () => {}).resume();
        settle(judged(response.statusCode ?? 0, response.headers['retry-after'], now()));
      });
      sent.end(body);
    });
  };
  return Object.assign(post, { [Symbol.dispose]: () => agent.destroy() });
}

function judged(status: number, retryAfter: string | undefined, now: number): Posted {
  if (status >= 200 && status < 300) return { was: 'taken' };
  if (status === 404 || status === 410) return { was: 'gone' };
  if (status !== 429 && status < 500) return { was: 'refused' };
  return { was: 'later', afterMs: waitOf(retryAfter, now) };
}

/** Seconds, or a date. */
function waitOf(retryAfter: string | undefined, now: number): number | undefined {
  if (retryAfter === undefined) return undefined;
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - now;
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}

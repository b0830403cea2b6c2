import { createDecipheriv, createECDH, createPublicKey, type ECDH, hkdfSync, randomBytes, verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A browser's subscription: its keys, and where its push service takes notifications for it. */
export interface Browser {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
  /** What came for it, in order. */
  readonly received: readonly Received[];
}

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly bytes: number;
  /** As the browser reads it with its own keys. */
  readonly text: string;
  /** What the signature of the sender says, if it is good. */
  readonly claims: { readonly aud: string; readonly exp: number; readonly sub?: string };
  /** The key that it is signed with. */
  readonly signer: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A push service as RFC 8030 describes it, with the browsers behind it, which decrypt what they are sent (RFC 8291). */
export async function startPushService() {
  const browsers = new Map<string, { ecdh: ECDH; auth: Buffer; received: Received[] }>();
  const answers: Answer[] = [];
  const strays: string[] = [];
  const server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const browser = browsers.get(request.url ?? '');
      if (!browser || request.method !== 'POST') {
        strays.push(`${request.method} ${request.url}`);
        return response.writeHead(404).end();
      }
      const { claims, signer } = readVapid(request.headers.authorization ?? '');
      const text = decrypt(body, browser.ecdh, browser.auth);
      browser.received.push({ headers: request.headers, bytes: body.length, text, claims, signer });
      const { status, headers = {} } = answers.shift() ?? { status: 201 };
      return response.writeHead(status, headers).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    /** Requests that were meant for no browser. */
    strays,
    /** What the next requests are answered with; then they are taken. */
    answers,
    subscribe(): Browser {
      const ecdh = createECDH('prime256v1');
      const p256dh = ecdh.generateKeys().toString('base64url');
      const auth = randomBytes(16);
      const received: Received[] = [];
      const path = `/push/${randomBytes(16).toString('base64url')}`;
      browsers.set(path, { ecdh, auth, received });
      return { endpoint: `${origin}${path}`, keys: { p256dh, auth: auth.toString('base64url') }, received };
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const derive = (secret: Uint8Array, salt: Uint8Array, info: Uint8Array, bytes: number) =>
  Buffer.from(hkdfSync('sha256', secret, salt, info, bytes));

/** RFC 8188 and RFC 8291, from the side of the browser. */
export function decrypt(body: Buffer, own: ECDH, auth: Buffer): string {
  const salt = body.subarray(0, 16);
  const point = body.subarray(21, 21 + body.readUInt8(20));
  const sealed = body.subarray(21 + point.length);
  if (sealed.length > body.readUInt32BE(16)) throw new Error('more than one record');
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), own.getPublicKey(), point]);
  const secret = derive(own.computeSecret(point), auth, info, 32);
  const key = derive(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const decipher = createDecipheriv('aes-128-gcm', key, derive(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12));
  decipher.setAuthTag(sealed.subarray(-16));
  const padded = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  const end = padded.lastIndexOf(2);
  return padded.subarray(0, end).toString();
}

/** RFC 8292: throws unless the token is signed with the key that comes with it. */
function readVapid(authorization: string) {
  const [, header = '', claims = '', signature = '', k = ''] =
    /^vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), k=([\w-]+)$/.exec(authorization) ?? [];
  const point = Buffer.from(k, 'base64url');
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'));
  const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
  const signed = Buffer.from(`${header}.${claims}`);
  if (!verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')))
    throw new Error('not signed by its key');
  return { claims: JSON.parse(Buffer.from(claims, 'base64url').toString()) as Received['claims'], signer: k };
}

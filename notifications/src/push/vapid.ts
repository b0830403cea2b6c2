import { createECDH, createPrivateKey, type KeyObject, sign } from 'node:crypto';

/** Who we are to push services (RFC 8292). */
export interface Vapid {
  /** What browsers subscribe with: the point, base64url. */
  readonly publicKey: string;
  /** What a request to this origin is authorized with. */
  authorization(origin: string, now: number): string;
}

/** Push services take no more than a day. */
const TOKEN_SECONDS = 12 * 60 * 60;

/** `privateKey`: 32 bytes, base64url. `subject`: whom a push service writes to when something is wrong, `mailto:` or `https:`. */
export function createVapid({ privateKey, subject }: { privateKey: string; subject?: string | undefined }): Vapid {
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(Buffer.from(privateKey, 'base64url'));
  const point = ecdh.getPublicKey();
  const publicKey = point.toString('base64url');
  const key = signingKey(privateKey, point);
  const header = encoded({ typ: 'JWT', alg: 'ES256' });
  return {
    publicKey,
    authorization(origin, now) {
      const claims = encoded({ aud: origin, exp: Math.floor(now / 1000) + TOKEN_SECONDS, ...(subject !== undefined && { sub: subject }) });
      const signature = sign('sha256', Buffer.from(`${header}.${claims}`), { key, dsaEncoding: 'ieee-p1363' });
      return `vapid t=${header}.${claims}.${signature.toString('base64url')}, k=${publicKey}`;
    },
  };
}

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function signingKey(d: string, point: Buffer): KeyObject {
  const x = point.subarray(1, 33).toString('base64url');
  const y = point.subarray(33).toString('base64url');
  return createPrivateKey({ key: { kty: 'EC', crv: 'P-256', d, x, y }, format: 'jwk' });
}

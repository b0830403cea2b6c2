import { createCipheriv, createECDH, createPublicKey, hkdfSync, randomBytes } from 'node:crypto';

/** The keys that a browser made for its subscription. */
export interface BrowserKeys {
  /** A point on P-256, uncompressed. */
  readonly p256dh: Uint8Array;
  readonly auth: Uint8Array;
}

/** What a push service has to take (RFC 8030, 7.2), header and all. */
const BODY_BYTES = 4_096;
const RECORD_BYTES = 4_096;
const SALT_BYTES = 16;
const POINT_BYTES = 65;
const TAG_BYTES = 16;
/** Ends the last record. */
const DELIMITER = Buffer.from([2]);
const HEADER_BYTES = SALT_BYTES + 4 + 1 + POINT_BYTES;
/** The longest text, in bytes. */
export const PLAIN_BYTES = BODY_BYTES - HEADER_BYTES - TAG_BYTES - DELIMITER.length;

const derive = (secret: Uint8Array, salt: Uint8Array, info: Uint8Array, bytes: number) =>
  Buffer.from(hkdfSync('sha256', secret, salt, info, bytes));

/** For this browser alone (RFC 8291), as one record of `aes128gcm` (RFC 8188). The push service in between reads nothing of it. */
export function encrypt(text: string, { p256dh, auth }: BrowserKeys): Buffer<ArrayBuffer> {
  const plain = Buffer.from(text);
  if (plain.length > PLAIN_BYTES) throw new RangeError(`${plain.length} bytes are too many for a push`);
  const own = createECDH('prime256v1');
  const point = own.generateKeys();
  const salt = randomBytes(SALT_BYTES);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), p256dh, point]);
  const secret = derive(own.computeSecret(p256dh), auth, info, 32);
  const key = derive(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const nonce = derive(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12);
  const cipher = createCipheriv('aes-128-gcm', key, nonce);
  const sealed = Buffer.concat([cipher.update(Buffer.concat([plain, DELIMITER])), cipher.final(), cipher.getAuthTag()]);
  const sizes = Buffer.alloc(5);
  sizes.writeUInt32BE(RECORD_BYTES);
  sizes.writeUInt8(POINT_BYTES, 4);
  return Buffer.concat([salt, sizes, point, sealed]);
}

/** Whether these bytes are a point that can be encrypted for. */
export function isPoint(bytes: Uint8Array): boolean {
  if (bytes.length !== POINT_BYTES || bytes[0] !== 4) return false;
  const [x, y] = [bytes.subarray(1, 33), bytes.subarray(33)].map((part) => Buffer.from(part).toString('base64url'));
  try {
    createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
    return true;
  } catch {
    return false;
  }
}

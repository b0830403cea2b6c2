import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * The installation's secret, as keys for one purpose each. Several may be given, the newest first: that one makes, all
 * of them recognise, so that a secret can be replaced without signing anybody out.
 */
export interface Secrets {
  readonly refreshKeys: readonly Buffer[];
  /** For what lies in the database and must not be read there. `label` binds it to its place. */
  seal(plain: Buffer, label: string): Buffer;
  open(sealed: Uint8Array, label: string): Buffer | undefined;
}

export function createSecrets(secrets: readonly string[]): Secrets {
  const derive = (purpose: string) => secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', `parley ${purpose}`, 32)));
  const [newest, ...older] = derive('seal');
  if (!newest) throw new Error('a secret is needed');
  return {
    refreshKeys: derive('refresh'),
    seal: (plain, label) => seal(newest, plain, label),
    open: (sealed, label) => [newest, ...older].map((key) => open(key, sealed, label)).find((plain) => plain !== undefined),
  };
}

function seal(key: Buffer, plain: Buffer, label: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(label));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function open(key: Buffer, sealed: Uint8Array, label: string): Buffer | undefined {
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE_BYTES)).setAAD(Buffer.from(label));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** What may be kept of a random token: enough to recognise it, nothing to use it. Random enough to need no salt. */
export const fingerprint = (token: string | Uint8Array) => createHash('sha256').update(token).digest();

/** 256 random bits for a link. */
export const linkToken = (): string => randomBytes(32).toString('base64url');

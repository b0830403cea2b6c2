import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import { isAway, transaction } from '@parley/common/database';
import { ACCESS_TOKEN_SECONDS, type Clock, EnvironmentError, type Logger } from '@parley/common/server';
import type { Pool, PoolClient } from 'pg';
import type { Secrets } from './secrets.ts';

/** Signs access tokens from an instant on, until another one takes over. */
export interface SigningKey {
  readonly id: string;
  readonly publicKey: JsonWebKey;
  readonly privateKey: KeyObject;
  readonly signsFrom: number;
}

export interface SigningKeys {
  /** The one that signs now. */
  current(): Promise<SigningKey>;
  /** All that a token may rightly be signed with now, and those about to sign. */
  published(): Promise<readonly JsonWebKey[]>;
}

/** How long a new key is published before it signs: longer than any pod goes without looking. */
export const PUBLISH_AHEAD_MS = 5 * 60_000;
const RELOAD_MS = 60_000;
/** Beyond the last token's end, for clocks that differ. */
const LEEWAY_MS = 60_000;

const LOCK = 'signing-keys';

export interface SigningKeysOptions {
  readonly database: Pool;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Keys that live in the database, the private halves sealed. The first is made when there is none. */
export async function openSigningKeys({ database, secrets, clock, log }: SigningKeysOptions): Promise<SigningKeys> {
  const read = () => readKeys(database, secrets, clock.now());
  await addKey(database, secrets, clock, 'first');
  let known = await read();
  let readAt = clock.now();
  let reading: Promise<void> | undefined;

  const reread = async () => {
    // While the database is away the known keys go on signing. Whatever else is wrong, one of them may have leaked.
    known = await read().catch((error: unknown) => {
      if (isAway(error)) return known;
      log.error({ error }, 'the signing keys can not be read');
      throw error;
    });
    readAt = clock.now();
  };
  const fresh = async () => {
    if (clock.now() - readAt < RELOAD_MS) return;
    reading ??= reread().finally(() => (reading = undefined));
    await reading;
  };

  return {
    async current() {
      await fresh();
      return signingAt(known, clock.now());
    },
    async published() {
      await fresh();
      return publishedAt(known, clock.now()).map(({ publicKey }) => publicKey);
    },
  };
}

export const SIGNING_KEYS_WANTED = 'is not what it should be: EC private keys on P-256 in PEM, one after the other';

export const areSigningKeys = (pem: string): boolean => readKeysIn(pem).length > 0;

/** None, if one of them is not what it should be. */
function readKeysIn(pem: string): SigningKey[] {
  const blocks = pem.match(/-----BEGIN [A-Z ]+-----[^-]+-----END [A-Z ]+-----/g) ?? [];
  try {
    return blocks.map((block) => keyOf(createPrivateKey(block), 0));
  } catch {
    return [];
  }
}

/** Keys given as a secret (PEM, one after the other): the first signs, the others are only published. */
export function givenSigningKeys(pem: string): SigningKeys {
  const keys = readKeysIn(pem);
  const [first] = keys;
  if (!first) throw new EnvironmentError([`SIGNING_KEYS: ${SIGNING_KEYS_WANTED}`]);
  return { current: async () => first, published: async () => keys.map(({ publicKey }) => publicKey) };
}

/**
 * `next` is published before it signs. `at-once` is for a key that has leaked: the others are forgotten, and with them
 * what they signed. `anew` does the same where the secret that sealed them is lost. `first` makes one only where there
 * is none. A key sealed with another secret than auth's would stop auth, so all but `anew` open the newest one first.
 */
export type Rotation = 'first' | 'next' | 'at-once' | 'anew';

export async function addKey(database: Pool, secrets: Secrets, clock: Clock, rotation: Rotation): Promise<SigningKey | undefined> {
  return transaction(database, async (client) => {
    // One at a time: two pods that start together make one first key.
    await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', [LOCK]);
    const { rows } = await client.query<Sealed>('SELECT id, sealed FROM signing_keys ORDER BY signs_from DESC, id LIMIT 1');
    const newest = rows[0];
    if (newest && rotation !== 'anew') unseal(newest, secrets);
    if (newest && rotation === 'first') return;
    const forgets = rotation === 'at-once' || rotation === 'anew';
    if (forgets) await client.query('DELETE FROM signing_keys');
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const now = clock.now();
    const key = keyOf(privateKey, newest && !forgets ? now + PUBLISH_AHEAD_MS : now);
    await insertKey(client, key, secrets, now);
    return key;
  });
}

const insertKey = (client: PoolClient, key: SigningKey, secrets: Secrets, now: number) =>
  client.query('INSERT INTO signing_keys (id, sealed, signs_from, made_at) VALUES ($1, $2, $3, $4)', [
    key.id,
    secrets.seal(key.privateKey.export({ type: 'pkcs8', format: 'der' }), key.id),
    new Date(key.signsFrom),
    new Date(now),
  ]);

/** Newest first; those whose last token ran out are left in the database and out of the answer. */
async function readKeys(database: Pool, secrets: Secrets, now: number): Promise<SigningKey[]> {
  const { rows } = await database.query<Sealed & { signs_from: Date }>(
    'SELECT id, sealed, signs_from FROM signing_keys ORDER BY signs_from DESC, id',
  );
  const wanted = publishedAt(
    rows.map(({ id, sealed, signs_from }) => ({ id, sealed, signsFrom: signs_from.getTime() })),
    now,
  );
  return wanted.map(({ id, sealed, signsFrom }) => keyOf(unseal({ id, sealed }, secrets), signsFrom));
}

interface Sealed {
  readonly id: string;
  readonly sealed: Buffer;
}

function unseal({ id, sealed }: Sealed, secrets: Secrets): KeyObject {
  const der = secrets.open(sealed, id);
  if (der) return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  throw new EnvironmentError([
    "AUTH_SECRET: is not the one that sealed the signing keys (`npm start` keeps it as `auth` in its data folder's secrets.json). Put that " +
      'one back, or give it as AUTH_SECRET_PREVIOUS; where it is lost, `npm run operator -- rotate-keys --secret-lost` begins anew',
  ]);
}

const signingAt = <K extends { signsFrom: number }>(newestFirst: readonly K[], now: number): K =>
  (newestFirst.find(({ signsFrom }) => signsFrom <= now) ?? newestFirst.at(-1)) as K;

/** A key is over when its successor has signed for longer than a token lives. */
const publishedAt = <K extends { signsFrom: number }>(newestFirst: readonly K[], now: number): K[] =>
  newestFirst.filter((_, index) => {
    const successor = newestFirst[index - 1];
    return !successor || successor.signsFrom + ACCESS_TOKEN_SECONDS * 1000 + LEEWAY_MS > now;
  });

function keyOf(privateKey: KeyObject, signsFrom: number): SigningKey {
  const { kty, crv, x, y } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (crv !== 'P-256') throw new Error('a signing key has to be an EC key on P-256');
  // The thumbprint of RFC 7638 names a key by what it is.
  const id = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  return { id, publicKey: { kty, crv, x, y, kid: id, use: 'sig', alg: 'ES256' } as JsonWebKey, privateKey, signsFrom };
}

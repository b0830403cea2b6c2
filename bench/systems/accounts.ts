import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { uuidv7 } from '@parley/common/contracts';
import { ACCESS_COOKIE, TOKEN_AUDIENCE, TOKEN_ISSUER } from '@parley/common/server';
import jwt from 'jsonwebtoken';
import pg from 'pg';

export interface Account {
  readonly userId: string;
  readonly sessionId: string;
  /** As a `cookie` header. */
  readonly cookie: string;
}

/** The run's own key: auth is given it as an operator gives one, and knows no other. */
export function createSigner() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const { kty, crv, x, y } = createPublicKey(createPrivateKey(pem)).export({ format: 'jwk' });
  const keyid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  return {
    pem,
    sign(userId: string, sessionId: string) {
      const iat = Math.floor(Date.now() / 1000);
      const claims = { sid: sessionId, iat, exp: iat + 3_600 };
      const token = jwt.sign(claims, privateKey, {
        algorithm: 'ES256',
        keyid,
        subject: userId,
        issuer: TOKEN_ISSUER,
        audience: TOKEN_AUDIENCE,
      });
      return `${ACCESS_COOKIE}=${token}`;
    },
  };
}

export type Signer = ReturnType<typeof createSigner>;

/** Accounts with a session each, as rows of the services' databases: nothing has to be hashed for whom nobody signs in. */
export async function seed(url: (database: string) => string, signer: Signer, from: number, to: number): Promise<Account[]> {
  const accounts = Array.from({ length: to - from }, () => {
    const [userId, sessionId] = [uuidv7(), uuidv7()];
    return { userId, sessionId, cookie: signer.sign(userId, sessionId) };
  });
  const ids = accounts.map(({ userId }) => userId);
  const names = accounts.map((_, index) => `bench${from + index}`);
  await insert(
    url('parley_auth'),
    `INSERT INTO accounts (id, email, email_key, user_name, user_name_key, display_name, password_hash, password_changed_at, registered_at, event_number)
     SELECT id, name || '@parley.test', name || '@parley.test', name, name, name, '', now(), now(), 1 FROM unnest($1::uuid[], $2::text[]) AS n (id, name)`,
    [ids, names],
  );
  await insert(
    url('parley_auth'),
    `INSERT INTO sessions (id, account_id, device_name, created_at, last_used_at, generation, refresh_hash)
     SELECT id, account_id, 'bench', now(), now(), 1, '' FROM unnest($1::uuid[], $2::uuid[]) AS n (id, account_id)`,
    [accounts.map(({ sessionId }) => sessionId), ids],
  );
  await insert(url('parley_messages'), 'INSERT INTO people (user_id) SELECT unnest($1::uuid[])', [ids]);
  await insert(
    url('parley_users'),
    `INSERT INTO people (user_id, account_number, registered_at, user_name, display_name, name_key, profile_number)
     SELECT id, 1, now(), name, name, name, 1 FROM unnest($1::uuid[], $2::text[]) AS n (id, name)`,
    [ids, names],
  );
  return accounts;
}

async function insert(connectionString: string, statement: string, values: readonly unknown[]) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(statement, [...values]);
  await client.end();
}

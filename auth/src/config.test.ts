import { generateKeyPairSync } from 'node:crypto';
import { EnvironmentError } from '@parley/common/server';
import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

const secret = 'x'.repeat(32);
const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

test('what is missing is named, and no secret has a default', () => {
  expect(() => readConfig({})).toThrow(/ALLOWED_ORIGINS[\s\S]*AUTH_SECRET: is missing/);
  expect(() => readConfig({ ALLOWED_ORIGINS: 'https://chat.example', AUTH_SECRET: 'short' })).toThrow(/AUTH_SECRET.*32 characters/);
  expect(() => readConfig({ ALLOWED_ORIGINS: 'https://chat.example', AUTH_SECRET: secret, REGISTRATION: 'maybe' })).toThrow(/REGISTRATION/);
});

test('proxies and signing keys are checked before anything starts, and not repeated', () => {
  const rest = { ALLOWED_ORIGINS: 'https://chat.example', AUTH_SECRET: secret };
  const wrong = { TRUSTED_PROXIES: 'loopback, garbage', SIGNING_KEYS: 'nonsense' };
  expect(() => readConfig({ ...rest, ...wrong })).toThrow(EnvironmentError);
  expect(() => readConfig({ ...rest, ...wrong })).toThrow(/TRUSTED_PROXIES\S* not an address[\s\S]*SIGNING_KEYS: .*P-256/);
  expect(() => readConfig({ ...rest, ...wrong })).toThrow(
    expect.not.objectContaining({ message: expect.stringMatching(/garbage|nonsense/) }),
  );
  const right = {
    TRUSTED_PROXIES: 'loopback, 10.0.0.0/8, 2001:db8::1',
    SIGNING_KEYS: String(key.export({ type: 'pkcs8', format: 'pem' })),
  };
  expect(readConfig({ ...rest, ...right }).trustedProxies).toEqual(['loopback', '10.0.0.0/8', '2001:db8::1']);
});

test('an error never repeats a secret', () => {
  expect(() => readConfig({ ALLOWED_ORIGINS: 'nonsense', AUTH_SECRET: 'hunter2' })).toThrow(
    expect.not.objectContaining({ message: expect.stringContaining('hunter2') }),
  );
});

test('everything else has a default', () => {
  expect(readConfig({ ALLOWED_ORIGINS: 'https://chat.example', AUTH_SECRET: secret, AUTH_SECRET_PREVIOUS: 'y'.repeat(40) })).toEqual({
    allowedOrigins: ['https://chat.example'],
    trustedProxies: [],
    secrets: [secret, 'y'.repeat(40)],
    registration: 'open',
    publicUrl: 'https://chat.example',
    signingKeys: undefined,
    passwordCost: { memory: 19_456, passes: 2, parallelism: 1 },
    rateLimitFactor: 1,
    mail: undefined,
  });
});

import { authRoutes, type Input, uuidv7 } from '@parley/common/contracts';
import { TEST_ORIGIN, type TestPlatform, type TestWorldOptions, type Visitor, visitor } from '@parley/common/testing';
import type { Config } from '../src/config.ts';
import { startAuth } from '../src/service.ts';

export const config: Config = {
  allowedOrigins: [TEST_ORIGIN],
  trustedProxies: [],
  secrets: ['a secret that only this test knows, and long enough'],
  registration: 'open',
  publicUrl: TEST_ORIGIN,
  signingKeys: undefined,
  /** So that tests wait for what they test, and not for a hash. */
  passwordCost: { memory: 64, passes: 1, parallelism: 1 },
  rateLimitFactor: 0,
  mail: undefined,
};

export const auth = (platform: TestPlatform, more: Partial<Config> = {}, options?: TestWorldOptions) =>
  platform.start('auth', startAuth, { ...config, ...more }, options);

type Application = Input<typeof authRoutes.signUp>;

export const alice: Application = { email: 'alice@example.org', userName: 'alice', displayName: 'Alice', password: 'a rabbit hole' };
export const bob: Application = { email: 'bob@example.org', userName: 'bob', displayName: 'Bob', password: 'a long winter' };

/** Somebody else every time. */
export function someone(more: Partial<Application> = {}): Application {
  const name = `u${uuidv7().slice(-12)}`;
  return { email: `${name}@example.org`, userName: name, displayName: name, password: `password of ${name}!`, ...more };
}

/** A visitor who has an account now. */
export async function member(url: string, application: Application = someone()): Promise<Visitor> {
  const browser = visitor(url);
  await browser.call(authRoutes.signUp, application);
  return browser;
}

/** Another browser of the same person. */
export async function again(url: string, { userName, password }: Application, deviceName?: string): Promise<Visitor> {
  const browser = visitor(url);
  await browser.call(authRoutes.signIn, { login: userName, password, ...(deviceName !== undefined && { deviceName }) });
  return browser;
}

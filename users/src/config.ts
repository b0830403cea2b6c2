import type { Service } from '@parley/common/contracts';
import { commonEnvironment, databaseEnvironment, readEnvironment } from '@parley/common/server';
import { z } from 'zod';

const environment = z.object({
  ALLOWED_ORIGINS: commonEnvironment.ALLOWED_ORIGINS.pipe(z.array(z.url({ protocol: /^https?$/ })).min(1)),
  TRUSTED_PROXIES: commonEnvironment.TRUSTED_PROXIES,
});

export interface Config {
  readonly allowedOrigins: readonly string[];
  readonly trustedProxies: readonly string[];
}

export function readConfig(variables?: NodeJS.ProcessEnv): Config {
  const { ALLOWED_ORIGINS, TRUSTED_PROXIES } = readEnvironment(environment, variables);
  return { allowedOrigins: ALLOWED_ORIGINS, trustedProxies: TRUSTED_PROXIES };
}

const Address = z.url({ protocol: /^https?$/ });
const rebuildEnvironment = z.object({
  DATABASE_URL: databaseEnvironment.DATABASE_URL,
  /** Where the others answer their internal routes: behind the edge. */
  AUTH_URL: Address,
  MESSAGES_URL: Address,
});

/** What the command that rebuilds people from what the others kept is told. */
export interface RebuildConfig {
  readonly databaseUrl: string;
  readonly addresses: Partial<Record<Service, string>>;
}

export function readRebuildConfig(variables?: NodeJS.ProcessEnv): RebuildConfig {
  const { DATABASE_URL, AUTH_URL, MESSAGES_URL } = readEnvironment(rebuildEnvironment, variables);
  return { databaseUrl: DATABASE_URL, addresses: { auth: AUTH_URL, messages: MESSAGES_URL } };
}

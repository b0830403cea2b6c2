import { limits } from '@parley/common/contracts';
import { commonEnvironment, databaseEnvironment, readEnvironment } from '@parley/common/server';
import { z } from 'zod';

const environment = z.object({
  ALLOWED_ORIGINS: commonEnvironment.ALLOWED_ORIGINS.pipe(z.array(z.url({ protocol: /^https?$/ })).min(1)),
  TRUSTED_PROXIES: commonEnvironment.TRUSTED_PROXIES,
  /** Queues of commands. The same number in every service; changing it is a drain. */
  SHARDS: z.coerce.number().int().min(1).max(64).default(2),
  /** Connections for pages and searches, apart from those that store. */
  READ_POOL: z.coerce.number().int().min(1).max(100).default(8),
  NEW_CONVERSATIONS_PER_DAY: z.coerce.number().int().min(1).default(limits.newConversations),
});

export interface Config {
  readonly allowedOrigins: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly shards: number;
  readonly readPool: number;
  readonly newConversations: number;
}

export function readConfig(variables?: NodeJS.ProcessEnv): Config {
  const { ALLOWED_ORIGINS, TRUSTED_PROXIES, SHARDS, READ_POOL, NEW_CONVERSATIONS_PER_DAY } = readEnvironment(environment, variables);
  return {
    allowedOrigins: ALLOWED_ORIGINS,
    trustedProxies: TRUSTED_PROXIES,
    shards: SHARDS,
    readPool: READ_POOL,
    newConversations: NEW_CONVERSATIONS_PER_DAY,
  };
}

/** What the operator's commands are told. */
export interface OperatorConfig {
  readonly databaseUrl: string;
}

const operatorEnvironment = z.object({ DATABASE_URL: databaseEnvironment.DATABASE_URL });

export const readOperatorConfig = (variables?: NodeJS.ProcessEnv): OperatorConfig => ({
  databaseUrl: readEnvironment(operatorEnvironment, variables).DATABASE_URL,
});

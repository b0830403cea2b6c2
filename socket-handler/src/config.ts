import { commonEnvironment, readEnvironment } from '@parley/common/server';
import { type SocketSettings, socketEnvironment, socketSettings } from '@parley/common/sockets';
import { z } from 'zod';

export { defaultSettings } from '@parley/common/sockets';

const environment = z.object({
  ALLOWED_ORIGINS: commonEnvironment.ALLOWED_ORIGINS.pipe(z.array(z.url({ protocol: /^https?$/ })).min(1)),
  TRUSTED_PROXIES: commonEnvironment.TRUSTED_PROXIES,
  ...socketEnvironment,
  /** Queues of commands. The same number in every service; changing it is a drain. */
  SHARDS: z.coerce.number().int().min(1).max(64).default(2),
});

export interface Config {
  readonly allowedOrigins: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly shards: number;
  readonly sockets: SocketSettings;
}

export function readConfig(variables?: NodeJS.ProcessEnv): Config {
  const { ALLOWED_ORIGINS, TRUSTED_PROXIES, SHARDS, ...sockets } = readEnvironment(environment, variables);
  return { allowedOrigins: ALLOWED_ORIGINS, trustedProxies: TRUSTED_PROXIES, shards: SHARDS, sockets: socketSettings(sockets) };
}

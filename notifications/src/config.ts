import { limits } from '@parley/common/contracts';
import { commaSeparated, commonEnvironment, readEnvironment } from '@parley/common/server';
import { type SocketSettings, socketEnvironment, socketSettings } from '@parley/common/sockets';
import { z } from 'zod';
import type { PushSettings } from './push/pushes.ts';

const environment = z.object({
  ALLOWED_ORIGINS: commonEnvironment.ALLOWED_ORIGINS.pipe(z.array(z.url({ protocol: /^https?$/ })).min(1)),
  TRUSTED_PROXIES: commonEnvironment.TRUSTED_PROXIES,
  ...socketEnvironment,
  /** Sockets without a session that one address may have on a pod. */
  GUESTS_PER_ADDRESS: z.coerce.number().int().min(0).default(limits.guestsPerAddress),
  /** Who we are to push services: 32 bytes, base64url. Without it nobody is notified while Parley is closed. */
  VAPID_PRIVATE_KEY: z
    .string()
    .regex(/^[\w-]{43}$/, 'not 32 bytes in base64url')
    .optional(),
  /** Whom a push service may write to: `mailto:` or `https:`. */
  VAPID_SUBJECT: z
    .string()
    .regex(/^(mailto:|https:\/\/)./, 'neither mailto: nor https:')
    .optional(),
  /** What is read within this time is not pushed. */
  PUSH_DELAY_SECONDS: z.coerce.number().min(0).max(3_600).default(5),
  /** Origins of push services that may be posted to though they are not public, or not https: one of your own, or a test's. */
  PUSH_ENDPOINTS_ALLOWED: commaSeparated.pipe(z.array(z.url({ protocol: /^https?$/ }))).default([]),
});

export interface Config {
  readonly allowedOrigins: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly sockets: SocketSettings;
  /** Sockets without a session that one address may have on this pod. */
  readonly guestsPerAddress?: number;
  /** Absent: nobody is notified while Parley is closed. */
  readonly push?: PushSettings;
}

export function readConfig(variables?: NodeJS.ProcessEnv): Config {
  const read = readEnvironment(environment, variables);
  const { ALLOWED_ORIGINS, TRUSTED_PROXIES, GUESTS_PER_ADDRESS, ...sockets } = read;
  return {
    allowedOrigins: ALLOWED_ORIGINS,
    trustedProxies: TRUSTED_PROXIES,
    sockets: socketSettings(sockets),
    guestsPerAddress: GUESTS_PER_ADDRESS,
    push: {
      privateKey: read.VAPID_PRIVATE_KEY,
      subject: read.VAPID_SUBJECT ?? ALLOWED_ORIGINS.find((origin) => origin.startsWith('https:')),
      endpointsAllowed: read.PUSH_ENDPOINTS_ALLOWED,
      delaySeconds: read.PUSH_DELAY_SECONDS,
    },
  };
}

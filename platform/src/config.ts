import { commonEnvironment, readEnvironment } from '@parley/common/server';
import { z } from 'zod';

/** What the environment may say about a Parley that runs in one process; the rest are options of its command. */
export const readConfig = () =>
  readEnvironment(
    z.object({
      LOG_LEVEL: commonEnvironment.LOG_LEVEL.default('warn'),
      /** Beside those of its own address: where a proxy in front is reached. */
      ALLOWED_ORIGINS: commonEnvironment.ALLOWED_ORIGINS.pipe(z.array(z.url({ protocol: /^https?$/ }))).default([]),
      TRUSTED_PROXIES: commonEnvironment.TRUSTED_PROXIES,
      /** On loopback; absent: nowhere. */
      METRICS_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
    }),
  );

export const environment = (): NodeJS.ProcessEnv => process.env;

/** Whatever a connection does not say itself, the database library takes from PG* variables, which are meant for other servers. */
export function forgetOtherServers(): void {
  for (const name of Object.keys(process.env)) if (name.startsWith('PG')) delete process.env[name];
}

/** For a command that reads its environment like a process of its own: these values win over whatever it says. */
export function adoptEnvironment(values: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

/** PostgreSQL takes much from the environment (LANG, LC_*, PG*, TZ) that must not decide anything here. */
export const bareEnvironment = (): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  SystemRoot: process.env.SystemRoot,
  LC_ALL: 'C',
  TZ: 'UTC',
});

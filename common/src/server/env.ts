import proxyAddress from 'proxy-addr';
import { z } from 'zod';

/** Reads the environment by schema; a wrong one fails at once and names every variable that is wrong. */
export function readEnvironment<S extends z.ZodObject>(schema: S, environment: NodeJS.ProcessEnv = process.env): z.infer<S> {
  // An empty variable is an absent one: that is how compose files and ConfigMaps spell "not set".
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new EnvironmentError(
    parsed.error.issues.map(
      ({ path, message }) => `${path.join('.')}: ${Object.hasOwn(given, String(path[0])) ? message : `is missing (${message})`}`,
    ),
  );
}

/** The names of the variables and what is wrong with them; never their values, for some are secrets. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
  readonly wrong: readonly string[];

  constructor(wrong: readonly string[]) {
    super(`The environment is not as it should be:\n${wrong.map((line) => `  ${line}`).join('\n')}`);
    this.wrong = wrong;
  }
}

/** Reads both, and fails with all that is wrong in either. */
export function readTogether<A, B>(one: () => A, other: () => B): [A, B] {
  const [first, second] = [attempt(one), attempt(other)];
  if ('read' in first && 'read' in second) return [first.read, second.read];
  throw new EnvironmentError([...new Set([first, second].flatMap((attempted) => ('wrong' in attempted ? attempted.wrong : [])))]);
}

function attempt<T>(read: () => T): { readonly read: T } | { readonly wrong: readonly string[] } {
  try {
    return { read: read() };
  } catch (error) {
    if (error instanceof EnvironmentError) return { wrong: error.wrong };
    throw error;
  }
}

/** `a, b ,c` */
export const commaSeparated = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);

/** An origin exactly as browsers send it: a trailing slash or a path would never match. */
const Origin = z
  .string()
  .refine((text) => URL.canParse(text) && new URL(text).origin === text, 'not an origin such as https://chat.example.org');

const ProxyAddress = z.string().refine(isProxyAddress, 'not an address, a network such as 10.0.0.0/8, loopback, linklocal or uniquelocal');

function isProxyAddress(text: string): boolean {
  try {
    proxyAddress.compile([text]);
    return true;
  } catch {
    return false;
  }
}

/** What every service reads; each adds its own in its `config.ts`. */
export const commonEnvironment = {
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  HOST: z.string().default('0.0.0.0'),
  /** Names this pod to the others; Kubernetes gives the pod's name. */
  POD_NAME: z.string().min(1).optional(),
  NODE_ENV: z.enum(['production', 'development', 'test']).default('production'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  BROKER_URL: z.url({ protocol: /^amqps?$/ }),
  CACHE_URL: z.url({ protocol: /^rediss?$/ }),
  /** The origins whose pages may write here and open sockets. */
  ALLOWED_ORIGINS: commaSeparated.pipe(z.array(Origin)),
  /** Addresses or networks of the proxies in front, whose X-Forwarded-* are believed. None by default. */
  TRUSTED_PROXIES: commaSeparated.pipe(z.array(ProxyAddress)).default([]),
};

export const databaseEnvironment = {
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  DATABASE_POOL: z.coerce.number().int().min(1).max(100).default(10),
};

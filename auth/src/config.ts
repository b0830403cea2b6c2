import { commonEnvironment, databaseEnvironment, readEnvironment } from '@parley/common/server';
import { z } from 'zod';
import { type Cost, standardCost } from './password-hashes.ts';
import { areSigningKeys, SIGNING_KEYS_WANTED } from './signing-keys.ts';

/** Who may make an account: anyone, who holds an invitation, or nobody. */
const Registration = z.enum(['open', 'invite', 'closed']);
export type Registration = z.infer<typeof Registration>;

const secretLength = 32;

const Secret = z
  .string({ error: `at least ${secretLength} random characters, for instance from \`openssl rand -base64 48\`` })
  .min(secretLength, `at least ${secretLength} characters`);
const PublicUrl = z.url({ protocol: /^https?$/ });

const environment = z.object({
  ALLOWED_ORIGINS: commonEnvironment.ALLOWED_ORIGINS.pipe(z.array(z.url({ protocol: /^https?$/ })).min(1)),
  TRUSTED_PROXIES: commonEnvironment.TRUSTED_PROXIES,
  /** Seals the signing keys and makes refresh tokens. */
  AUTH_SECRET: Secret,
  /** The one before, for as long as something was made with it: only recognises. */
  AUTH_SECRET_PREVIOUS: Secret.optional(),
  REGISTRATION: Registration.default('open'),
  /** Where people reach Parley; links in mails and of commands begin with it. The first allowed origin when absent. */
  PUBLIC_URL: PublicUrl.optional(),
  /** EC private keys on P-256 in PEM, in place of those that auth makes and keeps in its database. */
  SIGNING_KEYS: z.string().refine(areSigningKeys, SIGNING_KEYS_WANTED).optional(),
  /** Multiplies how often something may be tried; 0 lifts every limit (for benchmarks). */
  RATE_LIMIT_FACTOR: z.coerce.number().min(0).default(1),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  SMTP_FROM: z.string().optional(),
});

export interface Config {
  readonly allowedOrigins: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly secrets: readonly string[];
  readonly registration: Registration;
  readonly publicUrl: string;
  readonly signingKeys: string | undefined;
  readonly passwordCost: Cost;
  readonly rateLimitFactor: number;
  readonly mail: { readonly url: string; readonly from: string } | undefined;
}

export function readConfig(variables?: NodeJS.ProcessEnv): Config {
  const read = readEnvironment(environment, variables);
  const publicUrl = read.PUBLIC_URL ?? (read.ALLOWED_ORIGINS[0] as string);
  return {
    allowedOrigins: read.ALLOWED_ORIGINS,
    trustedProxies: read.TRUSTED_PROXIES,
    secrets: secretsOf(read),
    registration: read.REGISTRATION,
    publicUrl,
    signingKeys: read.SIGNING_KEYS,
    passwordCost: standardCost,
    rateLimitFactor: read.RATE_LIMIT_FACTOR,
    mail: read.SMTP_URL ? { url: read.SMTP_URL, from: read.SMTP_FROM ?? `Parley <parley@${new URL(publicUrl).hostname}>` } : undefined,
  };
}

const operatorEnvironment = z.object({
  DATABASE_URL: databaseEnvironment.DATABASE_URL,
  AUTH_SECRET: Secret.optional(),
  AUTH_SECRET_PREVIOUS: Secret.optional(),
  PUBLIC_URL: PublicUrl.default('http://localhost:4080'),
});

/** What the operator's commands are told. */
export interface OperatorConfig {
  readonly databaseUrl: string;
  /** None: commands that need one say so. */
  readonly secrets: readonly string[];
  readonly publicUrl: string;
}

export function readOperatorConfig(variables?: NodeJS.ProcessEnv): OperatorConfig {
  const read = readEnvironment(operatorEnvironment, variables);
  return { databaseUrl: read.DATABASE_URL, secrets: secretsOf(read), publicUrl: read.PUBLIC_URL };
}

const secretsOf = ({
  AUTH_SECRET,
  AUTH_SECRET_PREVIOUS,
}: {
  AUTH_SECRET?: string | undefined;
  AUTH_SECRET_PREVIOUS?: string | undefined;
}) => [AUTH_SECRET, AUTH_SECRET_PREVIOUS].filter((secret) => secret !== undefined);

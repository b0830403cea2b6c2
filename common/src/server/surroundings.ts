import { z } from 'zod';
import type { Service } from '../contracts/index.ts';
import { commonEnvironment, databaseEnvironment, readEnvironment } from './env.ts';

const Address = z.url({ protocol: /^https?$/ }).optional();

const Surroundings = z.object({
  ...commonEnvironment,
  ...databaseEnvironment,
  DATABASE_URL: databaseEnvironment.DATABASE_URL.optional(),
  /** Between saying "not ready" and taking nothing new: the time that it takes whoever sends requests here to hear of it. */
  LINGER_MS: z.coerce.number().int().min(0).max(60_000).default(0),
  /** Where the other services are reached, behind the edge. */
  AUTH_URL: Address,
  USERS_URL: Address,
  MESSAGES_URL: Address,
  SOCKET_HANDLER_URL: Address,
  NOTIFICATIONS_URL: Address,
});
export type Surroundings = z.infer<typeof Surroundings>;

const addressVariables = {
  auth: 'AUTH_URL',
  users: 'USERS_URL',
  messages: 'MESSAGES_URL',
  'socket-handler': 'SOCKET_HANDLER_URL',
  notifications: 'NOTIFICATIONS_URL',
} as const satisfies Record<Service, keyof Surroundings>;

export interface Needs {
  /** The services that it asks. */
  readonly asks: readonly Service[];
  /** Whether it keeps anything. */
  readonly database: boolean;
}

/** What a process of its own is told of the world that its service will be given. */
export function readSurroundings({ asks, database }: Needs, environment?: NodeJS.ProcessEnv): Surroundings {
  const needed = [...asks.map((service) => addressVariables[service]), ...(database ? (['DATABASE_URL'] as const) : [])];
  return readEnvironment(
    Surroundings.required(Object.fromEntries(needed.map((name) => [name, true])) as { DATABASE_URL?: true }),
    environment,
  );
}

export const addressOf = (surroundings: Surroundings) => (service: Service) => surroundings[addressVariables[service]];

import { randomBytes } from 'node:crypto';
import { startAuth } from '@parley/auth';
import { readConfig as authConfig } from '@parley/auth/config';
import type { Service as Name } from '@parley/common/contracts';
import { EnvironmentError, type Service, type StartService, type World } from '@parley/common/server';
import { startMessages } from '@parley/messages';
import { readConfig as messagesConfig } from '@parley/messages/config';
import { startNotifications } from '@parley/notifications';
import { readConfig as notificationsConfig } from '@parley/notifications/config';
import { startSocketHandler } from '@parley/socket-handler';
import { readConfig as socketHandlerConfig } from '@parley/socket-handler/config';
import { startUsers } from '@parley/users';
import { readConfig as usersConfig } from '@parley/users/config';
import { environment as ownEnvironment, readConfig as platformConfig } from './config.ts';
import type { Running } from './running.ts';
import { databaseOf, type Worlds } from './worlds.ts';

export interface Surroundings {
  /** The origins whose pages may write here. */
  readonly allowedOrigins: readonly string[];
  readonly trustedProxies: readonly string[];
  /** Seals what auth keeps secret: made once, the same at every later start. */
  readonly authSecret: string;
  /** Who this Parley is to push services, unless the environment says it. */
  readonly pushKey: string;
  /** For what else an operator may set: registration, mail, limits. */
  readonly environment: NodeJS.ProcessEnv;
}

type Read = (variables: NodeJS.ProcessEnv) => (world: World) => Promise<Service>;

/** Services read what concerns them from variables, here as in a process of their own. */
const service =
  <C>(readConfig: (variables: NodeJS.ProcessEnv) => C, start: StartService<C>): Read =>
  (variables) => {
    const config = readConfig(variables);
    return (world) => start(config, world);
  };

const services: ReadonlyMap<Name, Read> = new Map<Name, Read>([
  ['auth', service(authConfig, startAuth)],
  ['users', service(usersConfig, startUsers)],
  ['messages', service(messagesConfig, startMessages)],
  ['notifications', service(notificationsConfig, startNotifications)],
  ['socket-handler', service(socketHandlerConfig, startSocketHandler)],
]);

export const databases = (['bus', ...services.keys()] as const).map(databaseOf);

/** Says all that is wrong in the environment, for whichever service, before anything is made or forgotten. */
export function checkEnvironment(environment: NodeJS.ProcessEnv = ownEnvironment()): void {
  const [authSecret, pushKey] = [randomSecret(), randomSecret()];
  // What is made at every start stands for itself; what the environment says beside it counts.
  const surroundings = { allowedOrigins: ['http://localhost'], trustedProxies: [], authSecret, pushKey, environment };
  const variables = variablesOf(surroundings);
  const wrong = [platformConfig, ...Array.from(services.values(), (read) => () => read(variables))].flatMap(whatIsWrong);
  if (wrong.length > 0) throw new EnvironmentError([...new Set(wrong)]);
}

const randomSecret = () => randomBytes(32).toString('base64url');

function whatIsWrong(read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof EnvironmentError) return error.wrong;
    throw error;
  }
}

/** Starts them all at once: each waits for what it needs of another. `running` shows each from the moment that it can answer. */
export async function startServices(running: Running, worlds: Worlds, surroundings: Surroundings): Promise<AsyncDisposable> {
  const variables = variablesOf(surroundings);
  const starting = Array.from(services, async ([name, read]) => {
    const started = await read(variables)(worlds.of(name));
    running.add(name, started);
    return started;
  });
  const outcomes = await Promise.allSettled(starting);
  await using opening = new AsyncDisposableStack();
  for (const outcome of outcomes) if (outcome.status === 'fulfilled') opening.use(outcome.value);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason;
  const open = opening.move();
  return { [Symbol.asyncDispose]: () => open.disposeAsync() };
}

const variablesOf = ({ allowedOrigins, trustedProxies, authSecret, pushKey, environment }: Surroundings): NodeJS.ProcessEnv => ({
  // There is no other pod that sockets could move to.
  DRAIN_SECONDS: '0',
  VAPID_PRIVATE_KEY: pushKey,
  ...environment,
  ALLOWED_ORIGINS: allowedOrigins.join(','),
  TRUSTED_PROXIES: trustedProxies.join(','),
  AUTH_SECRET: authSecret,
});

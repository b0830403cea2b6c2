import type { IncomingMessage, RequestListener } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Pool } from 'pg';
import type { Registry as Metrics } from 'prom-client';
import type { Bus } from '../bus/index.ts';
import type { Cache } from '../cache/index.ts';
import type { Input, Output, Route } from '../contracts/index.ts';
import type { Registry } from '../registry/index.ts';
import type { Clock } from './clock.ts';
import type { Logger } from './log.ts';
import type { KnownTokens } from './session.ts';

/**
 * What a service is given: it never knows whether these are servers of their own or parts of its process. Only a
 * composition root (`service.ts`) takes the whole; functions take the parts they use.
 */
export interface World {
  /** This pod, unlike every other, also unlike itself before a restart. */
  readonly pod: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly bus: Bus;
  readonly cache: Cache;
  readonly registry: Registry;
  readonly database: Pool;
  /** Asks another service over one of its internal routes. */
  readonly ask: Ask;
  /** Where it is a part of a process, and not all of it: one memory for all parts. */
  readonly knownTokens?: KnownTokens;
}

export type Ask = <R extends Route>(route: R, input: Input<R>) => Promise<Output<R>>;

/** A service, started: what it answers, and how to stop it. */
export interface Service extends AsyncDisposable {
  readonly http: RequestListener;
  readonly upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Everything it needs is there: readiness. */
  readonly ready: () => boolean | Promise<boolean>;
}

export type StartService<Config> = (config: Config, world: World) => Promise<Service>;

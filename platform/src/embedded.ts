import { type Ask, createLog, type Listening, type Service, serve } from '@parley/common/server';
import { leaveAddress } from './address-file.ts';
import { askWithin } from './ask-within.ts';
import { environment, forgetOtherServers, readConfig } from './config.ts';
import type { DataFolder } from './data-folder.ts';
import { openFrontDoor } from './front-door.ts';
import { serveMetrics } from './metrics.ts';
import { originsOf } from './origins.ts';
import { pageHeaders } from './page.ts';
import { createDatabases, startPostgres } from './postgres/postgres.ts';
import { Running } from './running.ts';
import { databases, startServices } from './services.ts';
import { Unusable } from './unusable.ts';
import { openWorlds } from './worlds.ts';

/** A stop by hand is to feel like one. */
const DRAIN_MS = 1_000;

export interface EmbeddedOptions {
  readonly folder: DataFolder;
  readonly port: number;
  readonly host: string;
  /** With people who live in it. */
  readonly demo: boolean;
  /** With the page from its sources. */
  readonly livePage?: boolean;
  /** Gives up starting. */
  readonly signal: AbortSignal;
  /** Told what is being done. */
  readonly tell: (what: string) => void;
}

export interface Embedded extends AsyncDisposable {
  readonly url: string;
  /** Asks a service of this Parley from within, also what is answered to nobody outside. */
  readonly ask: Ask;
}

/** The whole platform in this process, behind one port. */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { folder, signal, tell, host } = options;
  forgetOtherServers();
  const running = new Running();
  const inside = new AsyncDisposableStack();
  await using opening = new AsyncDisposableStack();
  // Loaded only for who asked for it.
  const demo = options.demo ? await import('./demo/demo.ts') : undefined;
  const live = options.livePage ? opening.use(await (await import('../../client/live-page.ts')).openLivePage(pageHeaders)) : undefined;
  // First the port: whether it is free shows at once, and it is part of the origins that services trust.
  const door = opening.use(await listen(openFrontDoor(running, inside, demo?.openEntrance(folder), live), options));

  const postgres = inside.use(await startPostgres({ folder: folder.path, password: folder.secret('postgres'), signal, tell }));
  await createDatabases(postgres, databases);
  signal.throwIfAborted();

  const { LOG_LEVEL, ALLOWED_ORIGINS, TRUSTED_PROXIES, METRICS_PORT } = readConfig();
  const log = createLog('parley', LOG_LEVEL, { readable: process.stdout.isTTY });
  const worlds = inside.use(await openWorlds({ url: postgres.url, log, running, clocks: demo?.clocks ?? {} }));
  // The configured ones first: links in mails begin with the first of them.
  const allowedOrigins = [...ALLOWED_ORIGINS, ...originsOf(host, Number(new URL(door.url).port))];
  const [authSecret, pushKey] = [folder.secret('auth'), folder.secret('push')];
  const surroundings = { allowedOrigins, trustedProxies: TRUSTED_PROXIES, authSecret, pushKey, environment: environment() };
  if (METRICS_PORT !== undefined) tell(`metrics are at ${inside.use(await serveMetrics(worlds.metrics, METRICS_PORT)).url}/metrics`);
  inside.use(await startServices(running, worlds, surroundings));
  signal.throwIfAborted();
  inside.use(
    leaveAddress(folder.path, {
      url: door.url,
      authSecret,
      databases: Object.fromEntries(databases.map((name) => [name, postgres.url(name)])),
    }),
  );
  if (demo) inside.use(await demo.openDemo({ base: door.url, folder, log, signal, tell }));
  const open = opening.move();
  return { url: door.url, ask: askWithin(running), [Symbol.asyncDispose]: () => open.disposeAsync() };
}

async function listen(frontDoor: Service, { port, host }: EmbeddedOptions): Promise<Listening> {
  try {
    return await serve(frontDoor, { port, host, drainMs: DRAIN_MS });
  } catch (cause) {
    throw new Unusable(whyNotListening(cause as NodeJS.ErrnoException, port, host), { cause });
  }
}

function whyNotListening({ code, message }: NodeJS.ErrnoException, port: number, host: string): string {
  if (code === 'EADDRINUSE')
    return `Port ${port} is taken by another program. Choose another with --port <number>; --port 0 takes any that is free.`;
  if (code === 'EACCES') return `Port ${port} may not be used by this user. Choose one from 1024 up with --port <number>.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `This machine has no address ${host}. Choose another with --host <address>.`;
  return `It can't listen on ${host}, port ${port} (${message}).`;
}

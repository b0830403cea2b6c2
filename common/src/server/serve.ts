import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { listenAt } from './listen.ts';
import type { Service } from './world.ts';

export interface Listening extends AsyncDisposable {
  readonly server: Server;
  readonly url: string;
}

export interface ListenOptions {
  readonly port: number;
  readonly host: string;
  /** How long requests that were begun may take to finish once the server is told to stop. */
  readonly drainMs?: number;
  /** How long nothing may move on a connection whose request is not answered to its end. */
  readonly stalledMs?: number;
}

const DRAIN_MS = 10_000;
/** Longer than any answer takes: whoever asks and does not read holds no place for ever. */
const STALLED_MS = 90_000;

/** Limits that keep a slow or never-ending client from holding a place. */
const limits = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  /** Longer than the proxy in front keeps its own, so that it is never the one surprised. */
  keepAliveTimeout: 75_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 16 * 1024,
} as const;

/**
 * Answers a service's requests and upgrades at an address, and owns the service from then on: disposing takes nothing
 * new, lets what was begun finish, then stops the service (which ends its sockets), then closes what is left.
 */
export async function serve(
  service: Service,
  { port, host, drainMs = DRAIN_MS, stalledMs = STALLED_MS }: ListenOptions,
): Promise<Listening> {
  const server = createServer({ ...limits, shouldUpgradeCallback: wantsSocket }, service.http);
  server.setTimeout(stalledMs);
  server.prependListener('request', endAfterOffer);
  const requests = pendingRequests(server);
  const upgraded = new Set<Duplex>();
  // One for all sockets: most of them are idle, and each is to cost little.
  const forget = function (this: Duplex) {
    upgraded.delete(this);
  };
  server.on('upgrade', (request, socket, head) => {
    // From here on it is nobody's but ours, and a client that resets it must not end the process.
    socket.on('error', ignore);
    if (!service.upgrade) return refuse(socket, '404 Not Found');
    upgraded.add(socket);
    socket.on('close', forget);
    service.upgrade(request, socket, head);
  });
  server.on('clientError', ({ code = '' }: NodeJS.ErrnoException, socket) => refuse(socket, refusals[code] ?? '400 Bad Request'));
  const closeOthers = await listenAt(server, port, host);
  return {
    server,
    url: urlOf(server),
    async [Symbol.asyncDispose]() {
      server.close();
      closeOthers();
      await requests.done(drainMs);
      await service[Symbol.asyncDispose]();
      server.closeAllConnections();
      for (const socket of upgraded) socket.destroy();
    },
  };
}

/** Whatever else a client would rather speak (curl asks for h2c) is an offer, and answered as if it had not been made. */
const wantsSocket = ({ headers }: IncomingMessage) => headers.upgrade?.toLowerCase() === 'websocket';

/**
 * Of the bytes that come with the end of such a request Node's parser loses what is no part of it. So whoever asks again as soon as
 * they are answered, which may be before all of their body is read, would wait for ever: they are told to use another connection.
 */
function endAfterOffer({ headers }: IncomingMessage, response: ServerResponse) {
  if (headers.upgrade !== undefined) response.setHeader('connection', 'close');
}

/** What is wrong with a request that Node itself refuses; anything else is malformed. */
const refusals: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** Who does not hang up in turn is not waited for longer: after a refusal nobody holds a place. */
const GOODBYE_MS = 1_000;

/** Answers what is no request, or one for a socket that is not there, and ends the connection. */
export function refuse(socket: Duplex, status: string): void {
  if (!socket.writable) return void socket.destroy();
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  // What was sent and not read would reset the connection before the answer is there.
  socket.resume();
  const goodbye = setTimeout(() => socket.destroy(), GOODBYE_MS).unref();
  socket.once('close', () => clearTimeout(goodbye));
}

function ignore() {}

function urlOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo;
  const reachable = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
  return `http://${family === 'IPv6' ? `[${reachable}]` : reachable}:${port}`;
}

function pendingRequests(server: Server) {
  let pending = 0;
  let drained: (() => void) | undefined;
  server.on('request', (_request, response) => {
    pending += 1;
    // A connection that would be kept alive is ended with its answer once the server is stopping.
    if (!server.listening) response.setHeader('connection', 'close');
    response.once('close', () => {
      pending -= 1;
      if (pending === 0) drained?.();
    });
  });
  return {
    done: (withinMs: number) =>
      new Promise<void>((resolve) => {
        if (pending === 0) return resolve();
        const timer = setTimeout(resolve, withinMs);
        drained = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
  };
}

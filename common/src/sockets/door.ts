import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { type CloseReason, closeCodes, limits, ParleyError } from '../contracts/index.ts';
import { ACCESS_COOKIE, type Caller, type Sessions } from '../server/index.ts';
import { addressReader } from './address.ts';
import { Device } from './device.ts';
import { negotiate, offersOf } from './protocol.ts';
import type { SocketSettings } from './settings.ts';
import { TokenBucket, TokenBuckets } from './token-bucket.ts';

export interface DoorOptions<State> {
  readonly path: string;
  readonly guests: boolean;
  readonly allowedOrigins: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly sessions: Pick<Sessions, 'authenticate' | 'hasEnded'>;
  readonly settings: SocketSettings;
  readonly now: () => number;
  readonly open: () => boolean;
  readonly crowd: { readonly size: number; countAt(address: string): number; countOf(userId: string, sessionId: string): number };
  /** Resolves when the device is greeted, or is not going to be. */
  readonly letIn: (device: Device<State>, caller: Caller | undefined, address: string) => Promise<void>;
  /** Turned away, and why: a status that no page can read, or a close reason. */
  readonly turnedAway: (why: number | CloseReason) => void;
}

const serving = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  // Its answer would be a closure for each socket; Device answers pings itself.
  autoPong: false,
  WebSocket: Device,
  handleProtocols: (offered: Set<string>) => negotiate(offered).subprotocol ?? false,
  // Bytes of one message are bounded, and so are the pieces that it may come in: each piece costs memory of its own.
  maxPayload: limits.frameBytes,
  maxFragments: 256,
  maxBufferedChunks: 4_096,
  closeTimeout: 5_000,
};

/**
 * Decides who comes in. A page can't read the status of a failed upgrade, so whatever its client has to know is told by
 * a close code on a socket that was opened for nothing else; what it need not know, or what has to be cheap because
 * there is much of it, is a status.
 */
export function openDoor<State>(options: DoorOptions<State>) {
  const { settings, sessions, crowd, turnedAway } = options;
  const addressOf = addressReader(options.trustedProxies);
  const handshakes = new TokenBucket(settings.handshakes, options.now());
  // One address alone must not use up what the pod has for all: as many as it may hold, and then a tenth of it a second.
  const perAddress = new TokenBuckets({ burst: settings.socketsPerAddress, perSecond: settings.socketsPerAddress / 10 });
  const server = new WebSocketServer(serving);

  /** The cheap checks, which need nothing but the request. */
  const refusedBy = (request: IncomingMessage, address: string): number | undefined => {
    if (new URL(request.url ?? '/', 'http://here').pathname !== options.path) return 404;
    if (!options.allowedOrigins.includes(request.headers.origin ?? '')) return 403;
    if (!options.open() || crowd.size >= settings.socketsPerPod) return 503;
    if (crowd.countAt(address) >= settings.socketsPerAddress || perAddress.take(address, options.now()) > 0) return 429;
    if (handshakes.take(options.now()) > 0) return 503;
    return undefined;
  };

  const callerOf = async (request: IncomingMessage): Promise<Caller | undefined> => {
    const signedIn = request.headers.cookie?.includes(`${ACCESS_COOKIE}=`) ?? false;
    return options.guests && !signedIn ? undefined : sessions.authenticate(request);
  };

  const verdict = (request: IncomingMessage, caller: Caller | undefined, address: string): CloseReason | undefined => {
    const { outcome } = negotiate(offersOf(request.headers['sec-websocket-protocol']));
    if (outcome === 'older') return 'outdated-client';
    if (outcome === 'newer' || !options.open()) return 'try-later';
    if (caller && sessions.hasEnded(caller.sessionId)) return 'session-ended';
    if (caller && crowd.countOf(caller.userId, caller.sessionId) >= settings.socketsPerSession) return 'try-later';
    return crowd.countAt(address) >= settings.socketsPerAddress ? 'try-later' : undefined;
  };

  const receive = async (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const address = addressOf(request);
    const status = refusedBy(request, address);
    if (status !== undefined) {
      turnedAway(status);
      return answer(socket, status);
    }
    const asked = await callerOf(request).then(
      (caller) => ({ caller, refused: undefined }),
      (error: unknown) => ({ caller: undefined, refused: closeReasonOf(error) }),
    );
    // The answer and the greeting travel together: in a crowd, every write wakes a proxy and a device.
    socket.cork();
    server.handleUpgrade(request, socket, head, (upgraded) => {
      const device = upgraded as Device<State>;
      const reason = asked.refused ?? verdict(request, asked.caller, address);
      if (reason === undefined) return void options.letIn(device, asked.caller, address).finally(() => socket.uncork());
      turnedAway(reason);
      device.on('error', ignore);
      device.gone = reason;
      device.close(closeCodes[reason].code, reason);
      socket.uncork();
    });
  };

  return (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', ignore);
    receive(request, socket, head).catch(() => socket.destroy());
  };
}

/** Without a valid token: trade the refresh cookie for the next one and come back; whether the session is over, auth says. */
function closeReasonOf(error: unknown): CloseReason {
  return error instanceof ParleyError && error.code === 'signed-out' ? 'token-expired' : 'try-later';
}

const RETRY_AFTER_SECONDS = 5;

function answer(socket: Duplex, status: number): void {
  const headers = [
    'connection: close',
    'content-length: 0',
    ...(status === 429 || status === 503 ? [`retry-after: ${RETRY_AFTER_SECONDS}`] : []),
  ];
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${headers.join('\r\n')}\r\n\r\n`);
}

function ignore() {}

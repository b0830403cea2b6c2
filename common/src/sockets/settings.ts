import { z } from 'zod';
import type { Rate } from './token-bucket.ts';

/** What an operator may set for the sockets of a pod; tests set less of it. */
export interface SocketSettings {
  /** Upgrades of the whole pod: past it a storm of returning clients is told to come back, so that those who are in keep being served. */
  readonly handshakes: Rate;
  readonly socketsPerPod: number;
  readonly socketsPerAddress: number;
  readonly socketsPerSession: number;
  /** Frames that a socket, and all sockets of a person on this pod together, may send. */
  readonly framesPerSocket: Rate;
  readonly framesPerPerson: Rate;
  /** Frames past those rates that a socket may still send, to be refused each, before it is closed. */
  readonly patience: Rate;
  /** Bytes that wait for a slow reader: past the first number it misses what is worth nothing later, past the second it is closed. */
  readonly hintsUpTo: number;
  readonly bufferedPerSocket: number;
  /** Bytes that wait for all slow readers of the pod together. */
  readonly bufferedPerPod: number;
  /** Every socket is pinged this often, and closed when nothing came since the last ping. */
  readonly heartbeatSeconds: number;
  readonly sessionCheckSeconds: number;
  /** How long a pod that stops lets its clients move. */
  readonly drainSeconds: number;
}

const MiB = 1024 * 1024;

export const defaultSettings: SocketSettings = {
  handshakes: { burst: 2_000, perSecond: 1_000 },
  socketsPerPod: 50_000,
  socketsPerAddress: 1_000,
  socketsPerSession: 30,
  framesPerSocket: { burst: 500, perSecond: 50 },
  framesPerPerson: { burst: 1_000, perSecond: 100 },
  patience: { burst: 1_000, perSecond: 10 },
  hintsUpTo: MiB / 4,
  bufferedPerSocket: MiB,
  bufferedPerPod: 256 * MiB,
  heartbeatSeconds: 20,
  sessionCheckSeconds: 300,
  drainSeconds: 20,
};

/** What the services with sockets read from the environment beside the rest. */
export const socketEnvironment = {
  SOCKETS_PER_POD: z.coerce.number().int().min(1).default(defaultSettings.socketsPerPod),
  SOCKETS_PER_ADDRESS: z.coerce.number().int().min(1).default(defaultSettings.socketsPerAddress),
  SOCKETS_PER_SESSION: z.coerce.number().int().min(1).default(defaultSettings.socketsPerSession),
  /** Upgrades that a pod takes in a second, before it tells clients to come back. */
  HANDSHAKES_PER_SECOND: z.coerce.number().min(1).default(defaultSettings.handshakes.perSecond),
  /** Frames that one socket may send in a second in the long run; all sockets of a person together twice as many. */
  FRAMES_PER_SECOND: z.coerce.number().min(1).default(defaultSettings.framesPerSocket.perSecond),
  BUFFERED_PER_POD: z.coerce.number().int().min(MiB).default(defaultSettings.bufferedPerPod),
  DRAIN_SECONDS: z.coerce.number().min(0).max(25).default(defaultSettings.drainSeconds),
};

/** Bursts are ten seconds of the rate. */
export const socketSettings = (environment: z.infer<z.ZodObject<typeof socketEnvironment>>): SocketSettings => ({
  ...defaultSettings,
  socketsPerPod: environment.SOCKETS_PER_POD,
  socketsPerAddress: environment.SOCKETS_PER_ADDRESS,
  socketsPerSession: environment.SOCKETS_PER_SESSION,
  handshakes: { burst: environment.HANDSHAKES_PER_SECOND * 2, perSecond: environment.HANDSHAKES_PER_SECOND },
  framesPerSocket: { burst: environment.FRAMES_PER_SECOND * 10, perSecond: environment.FRAMES_PER_SECOND },
  framesPerPerson: { burst: environment.FRAMES_PER_SECOND * 20, perSecond: environment.FRAMES_PER_SECOND * 2 },
  bufferedPerPod: environment.BUFFERED_PER_POD,
  drainSeconds: environment.DRAIN_SECONDS,
});

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ChatDown, type CommonDown, PROTOCOL_VERSION, type Service } from '../contracts/index.ts';
import { type Caller, instant, openSessions, type Sessions, type World } from '../server/index.ts';
import type { Device, Gone, Pod } from './device.ts';
import { openDoor } from './door.ts';
import { drain } from './drain.ts';
import { frameReader, type Language } from './frames.ts';
import { Heartbeat } from './heartbeat.ts';
import { Intake } from './intake.ts';
import { socketMeasures } from './measures.ts';
import { Roster } from './roster.ts';
import { checkSessions } from './session-checks.ts';
import type { SocketSettings } from './settings.ts';
import { SlowReaders } from './slow-readers.ts';

export interface SocketsOptions<Up extends { type: string }, State> {
  readonly service: Service;
  readonly path: string;
  readonly allowedOrigins: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly settings: SocketSettings;
  /** Whether a device without a session is let in too; it gets no hello. */
  readonly guests: boolean;
  /** What devices may say. */
  readonly language: Language<Up>;
  /** What the service keeps for each device. */
  readonly begin: () => State;
  /** A device was let in: nothing of what it says is taken, and it is not greeted, before this resolves. */
  readonly opened: (device: Device<State>) => Promise<void>;
  readonly received: (device: Device<State>, frame: Up) => void;
  readonly limited: (device: Device<State>, frame: Up, retryAfter: number) => void;
  /** Once for each device that was let in, at the moment when it is no longer served. */
  readonly closed: (device: Device<State>, why: Gone) => void;
}

export interface Sockets<State> extends AsyncDisposable {
  readonly sessions: Sessions;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** False once the pod drains. */
  readonly open: boolean;
  readonly size: number;
  /** All devices of this pod. */
  [Symbol.iterator](): IterableIterator<Device<State>>;
  /** The devices of one person on this pod. */
  of(userId: string): readonly Device<State>[];
  /** Something may have been missed on the way to this pod: every device compares what it has. */
  readonly resync: () => void;
  /** Takes nobody any more, lets devices move elsewhere, and closes those that stayed. */
  readonly drain: () => Promise<void>;
}

type Hello = Extract<ChatDown, { type: 'hello' }>;

/** Milliseconds over which devices spread their questions after a resync. */
const RESYNC_WITHIN_MS = 2_000;
const TURN_MS = 1_000;
const AT_ONCE = 500;
const UNKNOWN_AGAIN_MS = 15_000;

/** The sockets of a service: who comes in, who is there, what may be said, and how all of it ends. */
export async function openSockets<Up extends { type: string }, State>(
  world: World,
  options: SocketsOptions<Up, State>,
): Promise<Sockets<State>> {
  const { clock, log, metrics, ask, pod } = world;
  const { settings, service } = options;
  const now = () => clock.now();
  const closing = new AbortController();
  let open = true;

  const roster = new Roster<State>();
  const heartbeat = new Heartbeat(Math.max(1, Math.round((settings.heartbeatSeconds * 1000) / TURN_MS)));
  const slow = new SlowReaders(settings);
  const measures = socketMeasures(metrics, { sockets: () => roster.size, people: () => roster.people, buffered: () => slow.buffered });
  const intake = new Intake<Up, State>({
    settings,
    now,
    measures,
    read: frameReader(options.language),
    received: options.received,
    limited: options.limited,
  });

  const checks = checkSessions({
    clock,
    log,
    ask,
    seconds: settings.sessionCheckSeconds,
    *sessionIds() {
      for (const { sessionId } of roster) if (sessionId) yield sessionId;
    },
    ended: (ids) => {
      sessions.end([...ids]);
      for (const device of roster) if (ids.has(device.sessionId)) device.end('session-ended');
    },
  });
  const sessions = await openSessions(world, service, {
    onEnded: ({ userId, sessionIds }) => {
      for (const device of roster.of(userId)) if (sessionIds.includes(device.sessionId)) device.end('session-ended');
    },
    onGap: checks.now,
    // Not at once: whoever was let in although auth is away has no socket yet.
    onUnknown: () => void clock.sleep(UNKNOWN_AGAIN_MS, closing.signal).then(checks.now),
  });

  const unwritten: Device[] = [];
  const flush = () => {
    for (const device of unwritten.splice(0)) device.flush();
  };

  const podOfDevices: Pod = {
    name: pod,
    hintsUpTo: settings.hintsUpTo,
    received: (device, data, isBinary) => intake.message(device as Device<State>, data, isBinary),
    signed: (device) => intake.sign(device as Device<State>),
    flushSoon: (device) => {
      if (unwritten.push(device) === 1) setImmediate(flush);
    },
    written: (device, characters) => {
      measures.messagesOut.inc();
      measures.charactersOut.inc(characters);
      slow.written(device);
    },
    left: (device, why) => {
      roster.remove(device as Device<State>);
      heartbeat.remove(device);
      slow.remove(device);
      measures.closed.inc({ reason: why });
      options.closed(device as Device<State>, why);
    },
  };

  const letIn = (device: Device<State>, caller: Caller | undefined, address: string) => {
    device.letIn(podOfDevices, options.begin());
    // A guest has no state to read.
    device.greeted = caller === undefined;
    roster.add(device, caller, address);
    heartbeat.add(device);
    // What it says before it is greeted waits where it came from.
    device.pause();
    return options.opened(device).then(
      () => greet(device),
      (error: unknown) => {
        log.error({ error }, 'a device could not be let in');
        device.end('try-later');
      },
    );
  };

  const greet = (device: Device<State>) => {
    if (device.gone) return;
    device.greeted = true;
    if (device.account) {
      const { userId, sessionId } = device;
      device.tell<Hello>({
        type: 'hello',
        protocol: PROTOCOL_VERSION,
        userId,
        sessionId,
        serverTime: instant(now()),
        heartbeat: settings.heartbeatSeconds * 2,
      });
    }
    device.flush();
    device.resume();
  };

  const drained = () => {
    open = false;
    return drain(roster, { clock, seconds: settings.drainSeconds });
  };

  const turns = async () => {
    while (!closing.signal.aborted) {
      await clock.sleep(TURN_MS, closing.signal);
      heartbeat.turn();
      slow.look();
      roster.sweep(now());
    }
  };
  void turns();
  void checks.run(closing.signal);

  return {
    sessions,
    upgrade: openDoor<State>({
      ...options,
      sessions,
      now,
      letIn,
      crowd: roster,
      open: () => open,
      turnedAway: (why) => measures.turnedAway.inc({ reason: String(why) }),
    }),
    get open() {
      return open;
    },
    get size() {
      return roster.size;
    },
    [Symbol.iterator]: () => roster[Symbol.iterator](),
    of: (userId) => roster.of(userId),
    resync() {
      const text = JSON.stringify({ type: 'resync', within: RESYNC_WITHIN_MS } satisfies CommonDown);
      const devices = [...roster];
      const some = () => {
        for (const device of devices.splice(0, AT_ONCE)) device.pass(text);
        if (devices.length > 0) setImmediate(some);
      };
      some();
    },
    drain: drained,
    async [Symbol.asyncDispose]() {
      await drained();
      closing.abort();
      await sessions[Symbol.asyncDispose]();
    },
  };
}

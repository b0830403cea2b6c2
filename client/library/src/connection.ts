import { closeCodes } from '@parley/common/contracts/errors';
import { limits } from '@parley/common/contracts/limits';
import type { Clock } from './clock.ts';

/** The least that is needed of a WebSocket: the browser's and `ws` both have it. */
export interface Socket {
  readonly readyState?: number;
  send(data: string): void;
  close(code?: number, reason?: string): void;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
}

const OPEN = 1;

export type OpenSocket = (path: string, protocol: string) => Socket;

export interface Frame {
  readonly type: string;
}

export type ConnectionState =
  | { readonly at: 'connecting' }
  | { readonly at: 'open' }
  /** Between two tries. */
  | { readonly at: 'waiting'; readonly until: number }
  /** The server will not have this client back as it is. */
  | { readonly at: 'ended'; readonly code: number }
  | { readonly at: 'stopped' };

export interface ConnectionOptions<Down extends Frame> {
  readonly path: string;
  readonly protocol: number;
  readonly open: OpenSocket;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onFrame: (frame: Down) => void;
  /** The server has said hello: what is sent from now on is taken. */
  readonly onHello: (frame: Down) => void;
  readonly onState: (state: ConnectionState) => void;
  /** Asked before the next try when the server did not greet the last one: the session may have to be renewed first. */
  readonly prepare?: () => Promise<void>;
}

const RETRY_FIRST_MS = 500;
const RETRY_LAST_MS = 30_000;
/** Whoever said too much comes back as after so many tries that failed. */
const TRIES_AFTER_FLOODING = 4;
/** Silence after which the link is asked for a sign of life, and how long that may take. */
const PING_AFTER_MS = 25_000;
const PONG_WITHIN_MS = 10_000;
const HELLO_WITHIN_MS = 15_000;

/**
 * A WebSocket that comes back: with full jitter that grows to 30 s, at once when the network returns or the server says
 * `move`, never after a final close code. It finds a dead link by itself: browsers do not tell.
 */
export function createConnection<Up extends Frame, Down extends Frame>(options: ConnectionOptions<Down>) {
  const { clock, random, onFrame, onHello, onState } = options;
  const protocol = `parley.${options.protocol}`;
  let socket: Socket | undefined;
  let state: ConnectionState = { at: 'stopped' };
  let tries = 0;
  let cancelTimer = () => {};
  let cancelMove = () => {};
  let heardAt = 0;
  let attempt = 0;
  let greetedLast = true;

  const to = (next: ConnectionState) => {
    state = next;
    onState(next);
  };

  const connect = async () => {
    cancelTimer();
    cancelMove();
    const mine = ++attempt;
    to({ at: 'connecting' });
    try {
      if (!greetedLast) await options.prepare?.();
    } catch {
      if (mine === attempt) retry();
      return;
    }
    if (mine === attempt && state.at === 'connecting') attach(options.open(options.path, protocol));
  };

  const attach = (opened: Socket) => {
    socket = opened;
    greetedLast = false;
    // Also what still watches the socket before it.
    cancelTimer();
    cancelTimer = clock.after(HELLO_WITHIN_MS, () => drop(opened));
    opened.onmessage = (event: never) => socket === opened && receive(opened, (event as { data: unknown }).data);
    opened.onclose = (event: never) => socket === opened && lost((event as { code: number }).code);
    opened.onerror = () => {};
  };

  const receive = (from: Socket, data: unknown) => {
    heardAt = clock.now();
    for (const frame of parseFrames<Down>(data)) {
      if (socket !== from) return;
      if (frame.type === 'hello') greeted(from, frame);
      else if (frame.type === 'move') moveAfter((frame as unknown as { after: number }).after);
      if (frame.type !== 'hello') onFrame(frame);
    }
  };

  const greeted = (from: Socket, frame: Down) => {
    tries = 0;
    greetedLast = true;
    to({ at: 'open' });
    watch(from);
    onHello(frame);
  };

  /** Asks for a sign of life after silence, and gives up on the link when none comes. */
  const watch = (open: Socket) => {
    cancelTimer();
    cancelTimer = clock.after(PING_AFTER_MS, () => {
      if (clock.now() - heardAt < PING_AFTER_MS) return watch(open);
      const askedAt = clock.now();
      open.send('{"type":"ping"}');
      cancelTimer = clock.after(PONG_WITHIN_MS, () => (heardAt >= askedAt ? watch(open) : drop(open)));
    });
  };

  /** A dead link may take minutes to say so: it is left behind at once. */
  const drop = (dead: Socket) => {
    if (socket !== dead) return;
    detach();
    lost(closeCodes['timed-out'].code);
  };

  const detach = () => {
    const old = socket;
    socket = undefined;
    if (old) leave(old);
  };

  const leave = (old: Socket) => {
    old.onmessage = old.onclose = old.onopen = null;
    try {
      old.close(1000);
    } catch {
      // A socket that was never open may refuse to be closed; it is gone all the same.
    }
  };

  const lost = (code: number) => {
    socket = undefined;
    cancelTimer();
    cancelMove();
    if (isFinal(code)) return to({ at: 'ended', code });
    if (code === closeCodes['token-expired'].code) greetedLast = false;
    if (code === closeCodes.flooding.code) tries = Math.max(tries, TRIES_AFTER_FLOODING);
    retry(code === closeCodes['going-away'].code);
  };

  const retry = (promptly = false) => {
    const ceiling = promptly ? RETRY_FIRST_MS : Math.min(RETRY_FIRST_MS * 2 ** tries, RETRY_LAST_MS);
    tries += 1;
    const pause = random() * ceiling;
    to({ at: 'waiting', until: clock.now() + pause });
    cancelTimer = clock.after(pause, () => void connect());
  };

  /** The old socket is served until the new one is greeted; when that fails, the old one ends in its own time. */
  const moveAfter = (milliseconds: number) => {
    cancelMove();
    cancelMove = clock.after(milliseconds, () => {
      const next = options.open(options.path, protocol);
      const giveUp = clock.after(HELLO_WITHIN_MS, () => next.close(1000));
      cancelMove = () => {
        giveUp();
        leave(next);
      };
      next.onerror = () => {};
      next.onmessage = (event: never) => {
        giveUp();
        cancelMove = () => {};
        detach();
        attach(next);
        receive(next, (event as { data: unknown }).data);
      };
    });
  };

  return {
    get state() {
      return state;
    },
    start() {
      if (state.at === 'stopped' || state.at === 'ended') void connect();
    },
    /** The network came back, or somebody looks again: no reason to wait any longer. */
    hurry() {
      if (state.at === 'waiting') {
        tries = 0;
        void connect();
      } else if (state.at === 'open' && socket && clock.now() - heardAt > PONG_WITHIN_MS) {
        const open = socket;
        const askedAt = clock.now();
        open.send('{"type":"ping"}');
        cancelTimer();
        cancelTimer = clock.after(PONG_WITHIN_MS / 2, () => (heardAt >= askedAt ? watch(open) : drop(open)));
      }
    },
    send(...frames: readonly Up[]) {
      // One that is closing takes nothing, and browsers complain of being asked to; its end is about to be heard of.
      if (state.at === 'open' && (socket?.readyState ?? OPEN) === OPEN) for (const message of messagesOf(frames)) socket?.send(message);
    },
    stop() {
      attempt += 1;
      cancelTimer();
      cancelMove();
      detach();
      to({ at: 'stopped' });
    },
  };
}

export type Connection<Up extends Frame, Down extends Frame> = ReturnType<typeof createConnection<Up, Down>>;

const isFinal = (code: number) => Object.values(closeCodes).some((known) => known.final && known.code === code);

/** Messages that the server takes: past either limit it would end the socket for good. */
function messagesOf(frames: readonly Frame[]): string[] {
  const messages: string[][] = [];
  let bytes = Infinity;
  for (const text of frames.map((frame) => JSON.stringify(frame))) {
    // No character takes more than three bytes; with the comma before it, or the brackets around all.
    const more = text.length * 3 + 2;
    bytes += more;
    if (bytes > limits.frameBytes || messages.at(-1)?.length === limits.framesPerMessage) {
      messages.push([]);
      bytes = more;
    }
    messages.at(-1)?.push(text);
  }
  return messages.map((texts) => (texts.length === 1 ? texts.join() : `[${texts}]`));
}

/** One frame or an array of them; what is no frame is passed over. */
function parseFrames<Down extends Frame>(data: unknown): Down[] {
  if (typeof data !== 'string') return [];
  try {
    const parsed: unknown = JSON.parse(data);
    const frames = Array.isArray(parsed) ? parsed : [parsed];
    return frames.filter((frame): frame is Down => typeof frame === 'object' && frame !== null && typeof frame.type === 'string');
  } catch {
    return [];
  }
}

import { WebSocket } from 'ws';
import { type CloseReason, closeCodes } from '../contracts/index.ts';
import type { Account, Address } from './roster.ts';
import type { TokenBucket } from './token-bucket.ts';
import { sendText } from './writing.ts';

/** Why a device is no longer served: the pod closed it, or it went by itself. */
export type Gone = CloseReason | 'left';

/** What a device asks of the pod that holds it. */
export interface Pod {
  readonly received: (device: Device, data: Buffer, isBinary: boolean) => void;
  /** A ping or a pong of the socket itself: false when it was one too many. */
  readonly signed: (device: Device) => boolean;
  /** Something waits to be written at the end of this tick. */
  readonly flushSoon: (device: Device) => void;
  readonly written: (device: Device, bytes: number) => void;
  readonly left: (device: Device, why: Gone) => void;
  readonly hintsUpTo: number;
  readonly name: string;
}

/** Past this many characters a tick's frames are written at once. */
const TICK_CHARACTERS = 64 * 1024;

/** What ws closes with by itself when bytes are no frames, or too many. A browser may be told our own codes only. */
const notFrames: ReadonlySet<number | undefined> = new Set([1002, 1003, 1007, 1008, 1009]);

/**
 * One socket of one device. There are many thousands, nearly all idle: so nothing here makes a closure, a timer or an
 * object per socket before it is needed.
 */
export class Device<State = unknown> extends WebSocket {
  /** Set when the device is let in; a socket that is only told why it is not has none of these. */
  declare pod: Pod;
  declare state: State;
  declare account: Account<State> | undefined;
  declare sessionId: string;
  declare address: Address;
  declare number: number;
  heard = true;
  /** Nothing is said to it before its greeting, for it reads its state after that. */
  greeted = false;
  gone: Gone | undefined;
  tokens: TokenBucket | undefined;
  patience: TokenBucket | undefined;
  #waiting = '';
  #frames = 0;

  /** Empty for a guest. */
  get userId(): string {
    return this.account?.userId ?? '';
  }

  /** Unlike that of every other socket of every pod. */
  get id(): string {
    return `${this.pod.name}.${this.number}`;
  }

  letIn(pod: Pod, state: State): void {
    this.pod = pod;
    this.state = state;
    this.on('message', onMessage);
    this.on('ping', onPing);
    this.on('pong', onPong);
    this.on('close', onClose);
    // What went wrong with the bytes is said by the close that follows.
    this.on('error', ignore);
  }

  /** Sends a frame. What is sent in one tick leaves together, in order. */
  tell<F extends { readonly type: string }>(frame: F): void {
    this.pass(JSON.stringify(frame));
  }

  /** Sends a frame that was put into text once for many devices. */
  pass(text: string): void {
    if (this.gone || !this.greeted) return;
    if (this.#frames === 0) this.pod.flushSoon(this);
    this.#waiting = this.#frames === 0 ? text : `${this.#waiting},${text}`;
    this.#frames += 1;
    if (this.#waiting.length > TICK_CHARACTERS) this.flush();
  }

  /** As `pass`, for what is worth nothing later: a slow reader does without. */
  hint(text: string): void {
    if (this.bufferedAmount <= this.pod.hintsUpTo) this.pass(text);
  }

  flush(): void {
    if (this.#frames === 0) return;
    const text = this.#frames === 1 ? this.#waiting : `[${this.#waiting}]`;
    this.#waiting = '';
    this.#frames = 0;
    if (this.gone) return;
    sendText(this, text);
    this.pod.written(this, text.length);
  }

  /** Closes with a code that says whether to come back. From here on nothing is sent or taken. */
  end(reason: CloseReason): void {
    if (this.gone) return;
    this.flush();
    if (this.gone) return;
    this.depart(reason);
    this.close(closeCodes[reason].code, reason);
  }

  /** Once, whichever side began. */
  depart(why: Gone): void {
    if (this.gone) return;
    this.gone = why;
    this.pod.left(this, why);
  }

  override close(code?: number, reason?: string | Buffer) {
    if (!notFrames.has(code)) return super.close(code, reason);
    this.depart('bad-frame');
    super.close(closeCodes['bad-frame'].code, 'bad-frame');
  }
}

function onMessage(this: WebSocket, data: unknown, isBinary: boolean) {
  const device = this as Device;
  device.heard = true;
  if (!device.gone) device.pod.received(device, data as Buffer, isBinary);
}

function onPing(this: WebSocket, data: Buffer) {
  const device = this as Device;
  device.heard = true;
  if (!device.gone && device.pod.signed(device) && device.bufferedAmount <= device.pod.hintsUpTo) device.pong(data);
}

function onPong(this: WebSocket) {
  const device = this as Device;
  // The answer to the heartbeat is no more than what was asked for.
  if (device.heard && !device.gone) device.pod.signed(device);
  device.heard = true;
}

function onClose(this: WebSocket) {
  (this as Device).depart('left');
}

function ignore() {}

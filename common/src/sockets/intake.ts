import { type ChatDown, type CommonDown, type ErrorCode, sentences } from '../contracts/index.ts';
import { instant } from '../server/index.ts';
import type { Device } from './device.ts';
import { framesOf, type Read } from './frames.ts';
import type { SocketMeasures } from './measures.ts';
import type { SocketSettings } from './settings.ts';
import { TokenBucket } from './token-bucket.ts';

export interface IntakeOptions<Up, State> {
  readonly settings: SocketSettings;
  readonly now: () => number;
  readonly measures: SocketMeasures;
  readonly read: (frame: { readonly type: string }) => Read<Up>;
  readonly received: (device: Device<State>, frame: Up) => void;
  /** A frame past the rates: it must not be taken, and is answered with `retryAfter` seconds if it is one that is answered. */
  readonly limited: (device: Device<State>, frame: Up, retryAfter: number) => void;
}

/** Takes what devices send: reads it, counts it, and answers what is no frame, unknown or too much. */
export class Intake<Up, State> {
  readonly #options: IntakeOptions<Up, State>;

  constructor(options: IntakeOptions<Up, State>) {
    this.#options = options;
  }

  message(device: Device<State>, data: Buffer, isBinary: boolean) {
    const frames = isBinary ? undefined : framesOf(data);
    if (!frames) return device.end('bad-frame');
    this.#options.measures.framesIn.inc(frames.length);
    const now = this.#options.now();
    for (const frame of frames) {
      this.#frame(device, frame, now);
      if (device.gone) return;
    }
  }

  /** A sign of life that the language knows nothing of costs the pod as much as a frame. */
  sign(device: Device<State>): boolean {
    const now = this.#options.now();
    if (this.#wait(device, now) === 0) return true;
    if (this.#impatient(device, now)) device.end('flooding');
    return false;
  }

  #frame(device: Device<State>, frame: { readonly type: string }, now: number) {
    const wait = this.#wait(device, now);
    if (wait > 0 && this.#impatient(device, now)) return device.end('flooding');
    if (frame.type === 'ping') {
      if (wait === 0) device.tell<CommonDown>({ type: 'pong', serverTime: instant(now) });
      return;
    }
    const read = this.#options.read(frame);
    if (read.kind !== 'frame') return this.#refuse(device, read, now);
    if (wait === 0) return this.#options.received(device, read.frame);
    this.#options.measures.refused.inc({ reason: 'rate-limited' });
    this.#options.limited(device, read.frame, wait);
  }

  #wait(device: Device<State>, now: number): number {
    const { framesPerSocket, framesPerPerson } = this.#options.settings;
    device.tokens ??= new TokenBucket(framesPerSocket, now);
    const alone = device.tokens.take(now);
    if (alone > 0 || !device.account) return alone;
    device.account.tokens ??= new TokenBucket(framesPerPerson, now);
    return device.account.tokens.take(now);
  }

  #impatient(device: Device<State>, now: number): boolean {
    device.patience ??= new TokenBucket(this.#options.settings.patience, now);
    return device.patience.take(now) > 0;
  }

  /** What can never be taken is answered finally if it is a command, so that it leaves the outbox and does not come again. */
  #refuse(device: Device<State>, { kind, clientId }: Exclude<Read<Up>, { kind: 'frame' }>, now: number) {
    const code: ErrorCode = kind === 'unknown' ? 'unknown-frame' : 'invalid-input';
    this.#options.measures.refused.inc({ reason: code });
    if (this.#impatient(device, now)) return device.end('flooding');
    if (clientId !== undefined) device.tell<ChatDown>({ type: 'refused', clientId, code });
    else device.tell<CommonDown>({ type: 'error', code, message: sentences[code] });
  }
}

import type { NotificationDown, NotificationUp } from '@parley/common/contracts';
import { type SignedIn, TEST_ORIGIN, until } from '@parley/common/testing';
import { WebSocket } from 'ws';

export type Told<T extends NotificationDown['type']> = Extract<NotificationDown, { type: T }>;

export interface DeviceOptions {
  readonly cookie?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** False: it answers no pings. */
  readonly autoPong?: boolean;
}

/** A notification socket of a device, and all it was told. */
export interface TestDevice extends AsyncDisposable {
  /** In order; those that came as one array one by one. */
  readonly frames: readonly NotificationDown[];
  readonly socket: WebSocket;
  say(frame: NotificationUp): void;
  saw<T extends NotificationDown['type']>(type: T): Told<T>[];
  /** The first frame of the type that fits, when it has come. */
  see<T extends NotificationDown['type']>(type: T, fits?: (frame: Told<T>) => boolean): Promise<Told<T>>;
  /** Everybody's presence as a client holds it: `unknown` where nobody can tell. */
  readonly view: ReadonlyMap<string, string>;
  presenceOf(userId: string): string;
  readonly closed: Promise<{ code: number; reason: string }>;
}

/** Opened, but maybe not greeted yet. Without a cookie: a guest. */
export async function knock(url: string, { cookie, headers = {}, autoPong = true }: DeviceOptions = {}): Promise<TestDevice> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws/notifications`, ['parley.1'], {
    autoPong,
    headers: { origin: TEST_ORIGIN, ...headers, ...(cookie !== undefined && { cookie }) },
  });
  const frames: NotificationDown[] = [];
  const held = holding();
  socket.on('message', (data) => {
    const said = JSON.parse(String(data)) as NotificationDown | NotificationDown[];
    for (const frame of Array.isArray(said) ? said : [said]) {
      frames.push(frame);
      held.take(frame);
    }
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: String(reason) }));
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.on('error', () => {});
  const saw = <T extends NotificationDown['type']>(type: T) => frames.filter((frame): frame is Told<T> => frame.type === type);
  return {
    frames,
    socket,
    closed,
    saw,
    view: held.view,
    presenceOf: held.of,
    say: (frame) => socket.send(JSON.stringify(frame)),
    see: (type, fits = () => true) => until(() => saw(type).find(fits)),
    async [Symbol.asyncDispose]() {
      socket.terminate();
      await closed;
    },
  };
}

/** Greeted, and told who is here as far as anybody can tell. */
export async function connect(url: string, { cookie }: SignedIn, options: DeviceOptions = {}): Promise<TestDevice> {
  const device = await knock(url, { ...options, cookie });
  await device.see('hello');
  await until(() => device.saw('presence').some(({ snapshot }) => snapshot));
  return device;
}

/** Presence as the rules of the protocol have a client keep it. */
function holding() {
  const numbers = new Map<string, number>();
  const view = new Map<string, string>();
  let known = false;
  return {
    view,
    of: (userId: string) => (known ? (view.get(userId) ?? 'offline') : 'unknown'),
    take(frame: NotificationDown) {
      if (frame.type === 'presence-unknown') known = false;
      if (frame.type !== 'presence') return;
      if (frame.snapshot) {
        known = true;
        view.clear();
        numbers.clear();
      }
      for (const { userId, state, number } of frame.people) {
        if (number < (numbers.get(userId) ?? 0)) continue;
        numbers.set(userId, number);
        view.set(userId, state);
      }
    },
  };
}

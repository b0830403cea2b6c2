import type { ChatDown, ChatUp } from '@parley/common/contracts';
import { uuidv7 } from '@parley/common/contracts';
import { type SignedIn, TEST_ORIGIN, until } from '@parley/common/testing';
import { WebSocket } from 'ws';

export interface ClientOptions {
  readonly cookie?: string;
  /** Null sends none. */
  readonly origin?: string | null;
  readonly protocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  /** False: the device answers no pings. */
  readonly autoPong?: boolean;
}

export interface Client extends AsyncDisposable {
  /** All frames so far, in order; those that came as one array one by one. */
  readonly frames: readonly ChatDown[];
  readonly socket: WebSocket;
  /** One frame as one message; several as an array. */
  say(...frames: ChatUp[]): void;
  saw<T extends ChatDown['type']>(type: T): Extract<ChatDown, { type: T }>[];
  /** The first frame of the type that fits, when it has come. */
  see<T extends ChatDown['type']>(
    type: T,
    fits?: (frame: Extract<ChatDown, { type: T }>) => boolean,
  ): Promise<Extract<ChatDown, { type: T }>>;
  readonly closed: Promise<{ code: number; reason: string }>;
}

/** A socket of a device, opened but maybe not greeted yet. */
export async function knock(url: string, options: ClientOptions = {}): Promise<Client> {
  const { cookie, origin = TEST_ORIGIN, protocols = ['parley.1'], headers = {}, autoPong = true } = options;
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws/chat`, [...protocols], {
    autoPong,
    headers: { ...headers, ...(cookie !== undefined && { cookie }), ...(origin !== null && { origin }) },
  });
  const frames: ChatDown[] = [];
  socket.on('message', (data) => {
    const said = JSON.parse(String(data)) as ChatDown | ChatDown[];
    frames.push(...(Array.isArray(said) ? said : [said]));
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: String(reason) }));
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.on('error', () => {});
  const saw = <T extends ChatDown['type']>(type: T) =>
    frames.filter((frame): frame is Extract<ChatDown, { type: T }> => frame.type === type);
  return {
    frames,
    socket,
    closed,
    saw,
    say: (...said) => socket.send(JSON.stringify(said.length === 1 ? said[0] : said)),
    see: (type, fits = () => true) => until(() => saw(type).find(fits)),
    async [Symbol.asyncDispose]() {
      socket.terminate();
      await closed;
    },
  };
}

/** A device that was greeted. */
export async function connect(url: string, { cookie }: SignedIn, options: ClientOptions = {}): Promise<Client> {
  const client = await knock(url, { cookie, ...options });
  await client.see('hello');
  return client;
}

export const send = (to: SignedIn, text: string, clientId = uuidv7()) =>
  ({ type: 'send', clientId, to: to.userId, content: { kind: 'text', text } }) satisfies ChatUp;

import { openLine } from './line.ts';

export interface WebSocketLine {
  /** ASCII text, as one frame. */
  send(text: string): void;
  close(): void;
}

export interface WebSocketOptions {
  readonly port: number;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** `answer` sends, also while the line is still being opened. */
  readonly onText: (payload: Buffer, answer: (text: string) => void) => void;
  /** Given what the server said with it, if anything. */
  readonly onClose?: (why: string) => void;
}

const HANDSHAKE = 'connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==';
const [TEXT, CLOSE, PING, PONG] = [1, 8, 9, 10];
const END_OF_HEAD = '\r\n\r\n';

/**
 * A client's side of a WebSocket and nothing more: the generator shares two cores with what it measures. Its mask is
 * zero, which the protocol takes as any other and which leaves the bytes as they are.
 */
export async function openWebSocket({ port, path, headers = {}, onText, onClose }: WebSocketOptions): Promise<WebSocketLine> {
  const { promise: opened, resolve, reject } = Promise.withResolvers<void>();
  opened.catch(() => {});
  const send = (text: string) => line.write(frameOf(TEXT, text));
  let head: Buffer | undefined = Buffer.alloc(0);
  let why = 'without a word';
  const take = createFrames((opcode, payload) => {
    if (opcode === TEXT) onText(payload, send);
    else if (opcode === CLOSE) why = closeOf(payload);
    else if (opcode === PING) line.write(frameOf(PONG, payload.toString('latin1')));
  });
  const onBytes = (bytes: Buffer) => {
    if (head === undefined) return take(bytes);
    head = Buffer.concat([head, bytes]);
    const end = head.indexOf(END_OF_HEAD);
    if (end < 0) return;
    const rest = head.subarray(end + END_OF_HEAD.length);
    const [status = ''] = head.toString('latin1', 0, end).split('\r\n');
    head = undefined;
    if (!status.includes(' 101 ')) return reject(new Error(`no WebSocket at ${path}: ${status} ${rest.toString('utf8')}`));
    resolve();
    if (rest.length > 0) take(rest);
  };
  const line = await openLine(port, onBytes, () => {
    reject(new Error(`the WebSocket at ${path} was closed ${why}`));
    onClose?.(why);
  });
  const named = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  line.write(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n${named.join('')}${HANDSHAKE}${END_OF_HEAD}`);
  await opened;
  return { send, close: line.close };
}

const closeOf = (payload: Buffer) =>
  payload.length < 2 ? 'without a code' : `with ${payload.readUInt16BE()} ${payload.toString('utf8', 2)}`;

const NO_MASK = '\0\0\0\0';

function frameOf(opcode: number, text: string): string {
  const { length } = text;
  const size = length < 126 ? String.fromCharCode(0x80 | length) : String.fromCharCode(0x80 | 126, length >> 8, length & 0xff);
  return String.fromCharCode(0x80 | opcode) + size + NO_MASK + text;
}

/** Takes a server's bytes apart into frames; what is cut is kept for the next bytes. Fragments do not occur. */
function createFrames(take: (opcode: number, payload: Buffer) => void): (bytes: Buffer) => void {
  let rest: Buffer | undefined;
  return (chunk) => {
    const bytes = rest ? Buffer.concat([rest, chunk]) : chunk;
    rest = undefined;
    let at = 0;
    for (;;) {
      const { start, length } = sizeOf(bytes, at);
      if (start + length > bytes.length) break;
      take((bytes[at] as number) & 0x0f, bytes.subarray(start, start + length));
      at = start + length;
    }
    if (at < bytes.length) rest = bytes.subarray(at);
  };
}

const INCOMPLETE = { start: Number.POSITIVE_INFINITY, length: 0 };

function sizeOf(bytes: Buffer, at: number) {
  if (bytes.length < at + 2) return INCOMPLETE;
  const short = (bytes[at + 1] as number) & 0x7f;
  if (short < 126) return { start: at + 2, length: short };
  const [head, width] = short === 126 ? [at + 4, 2] : [at + 10, 6];
  return bytes.length < head ? INCOMPLETE : { start: head, length: bytes.readUIntBE(head - width, width) };
}

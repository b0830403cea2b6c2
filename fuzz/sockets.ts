import { ChatDown, type ChatUp, closeCodes, isFlat, NotificationDown, type NotificationUp, uuidv7 } from '@parley/common/contracts';
import { type RawData, WebSocket } from 'ws';
import type { FrameInput, SocketPath } from './frames.ts';
import { PATIENCE_MS } from './patience.ts';
import type { Stranger } from './people.ts';
import { count, note, type Tally } from './tally.ts';

const languages = { '/ws/chat': ChatDown, '/ws/notifications': NotificationDown } as const;
const ours = new Set<number>(Object.values(closeCodes).map(({ code }) => code));

interface Question {
  readonly frame: ChatUp | NotificationUp;
  /** What stands in the frame that answers it. */
  readonly answer: string;
}

/**
 * What is right and has an answer: a message is shown or refused under its id, a ping has its pong (or had it, where the
 * inputs before it were pings).
 */
const questions: Readonly<Record<SocketPath, (peer: string) => Question>> = {
  '/ws/chat'(peer) {
    const clientId = uuidv7();
    return { frame: { type: 'send', clientId, to: peer, content: { kind: 'text', text: 'still there?' } }, answer: clientId };
  },
  '/ws/notifications': () => ({ frame: { type: 'ping' }, answer: '"pong"' }),
};

interface Open {
  readonly socket: WebSocket;
  /** With the close code. */
  readonly closed: Promise<number>;
  /** Resolves when all that was sent until now was read, and what is right after it has its answer. */
  taken(): Promise<'taken'>;
}

/** A socket of somebody who sends anything, several messages at a time, and opens it anew when it was closed. */
export function createSender(path: SocketPath, who: () => Stranger, peer: string, url: string) {
  let open: Open | undefined;

  const connect = async (tally: Tally): Promise<Open> => {
    const { session } = who();
    const headers = { origin: url, cookie: session };
    const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, 'parley.1', { headers, handshakeTimeout: PATIENCE_MS });
    let pings = 0;
    socket.on('message', (data) => {
      const parsed: unknown = JSON.parse(String(data));
      for (const frame of Array.isArray(parsed) ? parsed : [parsed]) {
        const { type, code } = frame as { type: string; code?: string };
        count(tallyNow.answers, code ? `${type} ${code}` : type);
        if (!languages[path].safeParse(frame).success)
          note(tallyNow, `a frame outside the contract: ${JSON.stringify(frame).slice(0, 300)}`);
      }
    });
    socket.on('error', () => {});
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    const opened = new Promise<true>((resolve) => socket.once('open', () => resolve(true)));
    tallyNow = tally;
    if ((await Promise.race([opened, closed])) !== true) count(tally.answers, 'not let in');
    const heard = (event: 'pong' | 'message', isIt: (text: string) => boolean) =>
      new Promise<void>((resolve) => {
        const listen = (data: RawData) => {
          if (!isIt(String(data))) return;
          socket.off(event, listen);
          resolve();
        };
        socket.on(event, listen);
      });
    const taken = async () => {
      const mark = String(++pings);
      const { frame, answer } = questions[path](peer);
      const both = Promise.all([heard('pong', (text) => text === mark), heard('message', (text) => text.includes(answer))]);
      socket.send(JSON.stringify(frame));
      socket.ping(mark);
      await both;
      return 'taken' as const;
    };
    return { socket, closed, taken };
  };
  let tallyNow: Tally;

  /** Answers with the close code, or undefined when the socket goes on. */
  const sendOnce = async (batch: readonly FrameInput[], tally: Tally): Promise<number | undefined> => {
    tallyNow = tally;
    open ??= await connect(tally);
    const { socket, closed, taken } = open;
    for (const { data, binary } of batch) socket.send(data, { binary });
    const end = await Promise.race([taken(), closed, late()]);
    if (end === 'taken') return undefined;
    if (end === 'late') note(tally, `no answer on ${path} within ${PATIENCE_MS / 1000} s`, batch.at(-1));
    socket.terminate();
    open = undefined;
    return end === 'late' ? 0 : end;
  };

  return {
    /** What ends the socket comes last, so that nothing behind it goes unheard. */
    async send(batch: readonly FrameInput[], tally: Tally) {
      const lasting = batch.filter((input) => !endsSocket(input));
      let taken = lasting.length === 0;
      for (let times = 0; lasting.length > 0; times++) {
        const code = await sendOnce(lasting, tally);
        if (code === undefined) {
          taken = true;
          break;
        }
        closedWith(code, tally, lasting);
        // Past the patience of one socket: the rest again on another.
        if (times === 5) break;
      }
      for (const input of batch.filter(endsSocket)) {
        const code = await sendOnce([input], tally);
        if (code === undefined) note(tally, 'what is no frame did not end the socket', input);
        else closedWith(code, tally, [input]);
      }
      for (const input of batch) {
        if (taken || endsSocket(input)) count(tally.inputs, input.kind);
        else count(tally.answers, 'given up after six sockets');
      }
    },
    async close() {
      open?.socket.terminate();
      await open?.closed;
    },
  };

  function closedWith(code: number, tally: Tally, inputs: readonly FrameInput[]) {
    count(tally.answers, `closed ${code}`);
    if (code !== 0 && !ours.has(code)) note(tally, `closed with ${code}, which is no code of the contract`, inputs.at(-1));
    if (code === closeCodes['session-ended'].code || code === closeCodes['token-expired'].code) who().stale = true;
  }
}

function endsSocket({ data, binary }: FrameInput): boolean {
  if (binary || Buffer.byteLength(data) > 64 * 1024) return true;
  try {
    const parsed: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(data)));
    const frames: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
    return frames.length > 100 || !isFlat(frames) || frames.some((frame) => typeof (frame as { type?: unknown } | null)?.type !== 'string');
  } catch {
    return true;
  }
}

function late(): Promise<'late'> {
  return new Promise((resolve) => setTimeout(() => resolve('late'), PATIENCE_MS).unref());
}

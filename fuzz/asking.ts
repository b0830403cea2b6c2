import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { type ErrorCode, errors, errorsOf, type Route } from '@parley/common/contracts';
import type { BytesInput } from './bytes.ts';
import { PATIENCE_MS } from './patience.ts';
import type { Stranger } from './people.ts';
import type { RequestInput } from './requests.ts';
import { count, note, type Tally } from './tally.ts';

/** So long a raw connection is watched when the server has nothing to say to it. */
const WATCH_MS = 1_000;
const RESET_MS = 50;
const HEARD = 100_000;

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** Asks over HTTP, and holds the answer against the contract. */
export async function ask(input: RequestInput, who: Stranger, url: string, tally: Tally): Promise<void> {
  count(tally.inputs, input.kind);
  let answered: Answered;
  try {
    answered = await exchange(input, who, url);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    count(tally.answers, `HTTP ${code}`);
    // What is refused before all of it was taken may be cut off while it is written; whoever says nothing at all hangs.
    const cutOff = code === 'ECONNRESET' || code === 'EPIPE';
    if (!(cutOff && input.body && input.body.length > 60_000)) note(tally, `no answer over HTTP: ${code}`, input);
    return;
  }
  const { status, type, text } = answered;
  const code = type.startsWith('application/problem+json') && text !== '' ? (JSON.parse(text) as { code: ErrorCode }).code : undefined;
  count(tally.answers, `HTTP ${status}${code ? ` ${code}` : ''}`);
  if (code === 'signed-out' && input.signedIn && !input.headers['cookie'] && !input.headers['parley-user']) who.stale = true;
  const wrong = whatIsWrong(input, answered, code);
  if (wrong) note(tally, wrong, input);
}

interface Answered {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

function whatIsWrong({ route, method, path }: RequestInput, answered: Answered, code: ErrorCode | undefined): string | undefined {
  const { status, type } = answered;
  const declared = code !== undefined && (route.errors as readonly ErrorCode[]).includes(code);
  if (status >= 500 && !declared) return `${status} ${code ?? ''}`;
  if (code !== undefined && errors[code]?.status !== status) return `${code} was answered with ${status}`;
  const asIs = method === route.method.toUpperCase() && matches(route, path);
  if (asIs && route.access !== 'internal' && status < 400 && type === '' && status !== 204 && status !== 202)
    return `${status} without a type`;
  if (asIs && code !== undefined && ![...errorsOf(route), 'not-found', 'method-not-allowed'].includes(code))
    return `${code}, which the route does not name`;
  if (asIs && status >= 200 && status < 300 && !isOutput(route, answered))
    return `${status} with what ${route.path} does not say: ${answered.text.slice(0, 300)}`;
  return undefined;
}

function isOutput({ output, download }: Route, { type, text }: Answered): boolean {
  if (download) return download.mediaTypes.includes(type.split(';')[0] as string);
  if (!output) return text === '';
  try {
    return type.startsWith('application/json') && output.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}

const matches = (route: Route, path: string) => new RegExp(`^${route.path.replace(/:\w+/g, '[^/?]+')}(\\?|$)`).test(path);

function exchange({ method, path, headers, body, signedIn }: RequestInput, { session }: Stranger, url: string) {
  return new Promise<Answered>((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const own = {
      origin: url,
      ...(signedIn && { cookie: session }),
      ...(body && !headers['transfer-encoding'] && { 'content-length': String(body.length) }),
    };
    const request = httpRequest({ agent, hostname, port, method, path, headers: { ...own, ...headers }, timeout: PATIENCE_MS });
    request.once('timeout', () => request.destroy(new Error(`nothing within ${PATIENCE_MS / 1000} s`)));
    request.once('error', reject);
    request.once('upgrade', (response: IncomingMessage, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, type: 'upgraded', text: '' });
    });
    request.once('response', (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.once('error', reject);
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', text: Buffer.concat(parts).toString() }),
      );
    });
    request.end(body);
  });
}

/** Writes bytes to a connection of its own and sees what becomes of it. */
export async function throwBytes(input: BytesInput, url: string, tally: Tally): Promise<void> {
  count(tally.inputs, input.kind);
  const owed = input.leave === 'waits' && isWellFormed(Buffer.concat(input.pieces).toString('latin1'), new URL(url).host);
  const { heard, end } = await thrown(input, owed, url);
  const statuses = Array.from(heard.matchAll(/HTTP\/1\.1 (\d{3})/g), ([, status]) => status as string);
  count(tally.answers, `bytes: ${statuses[0] ?? 'nothing'}, ${end}`);
  if (owed && statuses.length === 0) note(tally, `no answer to bytes that are a request (${end})`, input);
  if (end === 'refused') note(tally, 'a connection was not taken', input);
  if (statuses.some((status) => Number(status) >= 500 && !mayBeAway(heard)))
    note(tally, `bytes were answered with ${statuses.join(', ')}`, input);
}

const LARGEST_HEAD = 8_000;
const LARGEST_BODY = 60_000;

/** Whether the bytes begin with a whole request as RFC 9112 has it, and of a size that is read to its end. */
function isWellFormed(text: string, host: string): boolean {
  const head = /^(?:GET|POST|PUT|PATCH|DELETE) \/[!-~]* HTTP\/1\.1\r\n(?:[\w-]+: [ -~]*\r\n)+\r\n/.exec(text)?.[0];
  if (!head || head.length > LARGEST_HEAD || /^(?:transfer-encoding|expect|connection|upgrade):/im.test(head)) return false;
  const all = (name: string) => Array.from(head.matchAll(new RegExp(`^${name}: (.*)\r$`, 'gim')), ([, value]) => value as string);
  const [hosts, lengths] = [all('host'), all('content-length')];
  const length = lengths[0] ?? '0';
  return (
    hosts.length === 1 &&
    hosts[0] === host &&
    lengths.length <= 1 &&
    /^\d{1,5}$/.test(length) &&
    Number(length) <= Math.min(LARGEST_BODY, text.length - head.length)
  );
}

/** A reset of the password needs mail, which this platform has none of; that is its answer. */
const mayBeAway = (heard: string) => /"code":"unavailable"/.test(heard) && !/"code":"internal"/.test(heard);

function thrown({ pieces, leave }: BytesInput, owed: boolean, url: string) {
  return new Promise<{ heard: string; end: string }>((resolve) => {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true, allowHalfOpen: true });
    let heard = '';
    let opened = false;
    const done = (end: string) => {
      if (end === 'was reset') socket.resetAndDestroy();
      else socket.destroy();
      resolve({ heard, end });
    };
    socket.on('data', (data) => {
      if (heard.length < HEARD) heard += data.toString('latin1');
    });
    socket.once('end', () => done('closed'));
    socket.on('error', () => done(opened ? 'reset' : 'refused'));
    socket.once('connect', async () => {
      opened = true;
      for (const piece of pieces) {
        if (socket.writable) socket.write(piece);
        if (pieces.length > 1) await new Promise(setImmediate);
      }
      if (leave === 'half-closes') socket.end();
      // Who resets faster than a loaded machine accepts fills the queue of the kernel, which is not what is looked for here.
      if (leave === 'resets') setTimeout(() => done('was reset'), RESET_MS);
      else {
        // Who is owed an answer has it when it comes: a password takes longer than this where others use the machine.
        const begun = performance.now();
        const watching = setInterval(() => {
          if (owed && heard === '' && performance.now() - begun < PATIENCE_MS) return;
          clearInterval(watching);
          done('left open');
        }, WATCH_MS);
        socket.once('close', () => clearInterval(watching));
      }
    });
  });
}

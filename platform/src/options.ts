import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Unusable } from './unusable.ts';

export interface Options {
  readonly port: number;
  readonly host: string;
  /** The folder of everything that is kept. */
  readonly data: string;
  readonly fresh: boolean;
  /** With people and what they said, for somebody who wants to see it. */
  readonly demo: boolean;
  /** The page from its sources, for whoever works on it. */
  readonly livePage: boolean;
  readonly help: boolean;
}

const DEFAULT_PORT = 4080;
const LOOPBACK = '127.0.0.1';
/** Everything is kept within the clone unless somebody says otherwise. */
export const DEFAULT_DATA = resolve(import.meta.dirname, '..', '..', '.data');
/** A demo is never among what people said. */
const DEMO_DATA = resolve(DEFAULT_DATA, '..', '.demo');

export const help = `Parley: chat of your own, in one process.

  npm start -- [options]

  --port <number>   Where to listen (${DEFAULT_PORT}); 0 takes any free port.
  --host <address>  Which address to listen on (${LOOPBACK}: this machine alone). 0.0.0.0 is all of them.
  --data <folder>   Where everything is kept (${join('<clone>', '.data')}).
  --fresh           Forget everything that was kept there, and begin anew.
  --demo            With some people and weeks of what they said, to look at and to play with; kept in ${join('<clone>', '.demo')}.
  --live-page       The page from its sources, for whoever works on it: what changes there shows at once (npm run dev has it).
  --help            This.

Ctrl-C stops it; what was said is there again at the next start.`;

export function readOptions(parameters: readonly string[], folder: string = process.cwd()): Options {
  const { port, host = LOOPBACK, data, fresh = false, demo = false, 'live-page': livePage = false, help = false } = parse(parameters);
  if (livePage && !isLoopback(host))
    throw new Unusable("The page from its sources is for this machine alone: --live-page can't be combined with --host.");
  // Whoever reaches it can be anybody in it.
  if (demo && !isLoopback(host)) throw new Unusable("A demo is for this machine alone: --demo can't be combined with --host.");
  return {
    port: readPort(port),
    host,
    data: data === undefined ? (demo ? DEMO_DATA : DEFAULT_DATA) : resolve(folder, data),
    fresh,
    demo,
    livePage,
    help,
  };
}

function parse(parameters: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...parameters],
      options: {
        port: { type: 'string', short: 'p' },
        host: { type: 'string' },
        data: { type: 'string' },
        fresh: { type: 'boolean' },
        demo: { type: 'boolean' },
        'live-page': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    return values;
  } catch (cause) {
    const [sentence] = (cause as Error).message.split('. ');
    throw new Unusable(`${sentence}.\n\n${help}`, { cause });
  }
}

function readPort(text: string | undefined): number {
  if (text === undefined) return DEFAULT_PORT;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new Unusable(`--port takes a number from 0 to 65535, not "${text}".`);
  return port;
}

export const isLoopback = (host: string) => host === 'localhost' || host === '::1' || /^127\./.test(host);

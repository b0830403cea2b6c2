import type { Duplex } from 'node:stream';
import { type ChannelModel, connect } from 'amqplib';
import type { BusState } from '../bus.ts';
import { handlerPatience, type Means, within } from '../hearing.ts';
import { Retries } from '../patience.ts';
import { leave } from './topology.ts';

export interface LinkOptions {
  readonly url: string;
  /** Shown in the broker's list of connections. */
  readonly name: string;
  readonly means: Means;
  /** Declares everything anew; the link is up when it resolves. */
  readonly attach: (connection: ChannelModel) => Promise<void>;
  readonly detach: () => void;
  readonly onState: () => void;
}

const firstRetry = 100;
const lastRetry = 5_000;
/** Milliseconds that a connection may take to be made. */
const connectTimeout = 10_000;
/** Seconds; two missed ones mean that the other side is gone. */
const heartbeat = 10;

/** One connection to the broker, made again for as long as it takes. */
export class Link {
  state: BusState = 'away';
  private readonly options: LinkOptions;
  private readonly closing = new AbortController();
  private readonly retries: Retries;
  private connection: ChannelModel | undefined;
  private life: Promise<void> | undefined;

  constructor(options: LinkOptions) {
    this.options = options;
    this.retries = new Retries(options.means, firstRetry, lastRetry);
  }

  /** Resolves after the first try, whether it worked or not. */
  open(): Promise<void> {
    return new Promise((tried) => {
      this.life = this.live(tried);
    });
  }

  async close() {
    this.closing.abort();
    const closed = this.connection?.close().catch(() => {});
    await within(handlerPatience, Promise.all([closed, this.life]), this.options.means.clock);
  }

  private async live(tried: () => void) {
    while (!this.closing.signal.aborted) {
      try {
        await this.stay(tried);
      } catch (error) {
        this.options.means.log.warn({ link: this.options.name, err: error }, 'The broker is away');
      }
      await this.leave();
      tried();
      await this.retries.pause(this.closing.signal);
    }
  }

  /** Resolves when the connection that was made is gone. */
  private async stay(up: () => void) {
    const { url, name, attach, means } = this.options;
    const connection = await connect(withHeartbeat(url), {
      noDelay: true,
      timeout: connectTimeout,
      clientProperties: { connection_name: name },
    });
    gatherWrites(streamOf(connection));
    this.connection = connection;
    const gone = new Promise<void>((resolve) => connection.on('close', () => resolve()));
    connection.on('error', (error) => means.log.warn({ link: name, err: error }, 'The connection to the broker broke'));
    connection.on('blocked', () => this.turn('blocked'));
    connection.on('unblocked', () => this.turn('up'));
    if (this.closing.signal.aborted) return await leave(connection, means.clock);
    await Promise.race([attach(connection), gone.then(() => Promise.reject(new Error('gone while declaring')))]);
    this.turn('up');
    this.retries.stands();
    up();
    await gone;
  }

  private async leave() {
    const connection = this.connection;
    this.connection = undefined;
    this.turn('away');
    this.options.detach();
    if (connection) await leave(connection, this.options.means.clock);
  }

  private turn(state: BusState) {
    if (this.state === state) return;
    this.state = state;
    this.options.onState();
  }
}

/** The types of amqplib keep it to themselves. */
const streamOf = (connection: ChannelModel) => (connection.connection as unknown as { readonly stream: Duplex }).stream;

/** What is written in one turn of the event loop leaves in one call: amqplib writes frame by frame, and each call wakes the broker. */
function gatherWrites(stream: Duplex) {
  const write = stream.write.bind(stream) as Duplex['write'];
  let gathering = false;
  const leaves = () => {
    gathering = false;
    stream.uncork();
  };
  stream.write = ((...given: Parameters<Duplex['write']>) => {
    if (!gathering) {
      gathering = true;
      stream.cork();
      process.nextTick(leaves);
    }
    return write(...given);
  }) as Duplex['write'];
}

function withHeartbeat(url: string) {
  const full = new URL(url);
  if (!full.searchParams.has('heartbeat')) full.searchParams.set('heartbeat', String(heartbeat));
  return full.href;
}

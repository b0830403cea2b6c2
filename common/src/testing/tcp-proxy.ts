import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A wire between a client and a server that a test can cut, stall or slow down. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  readonly connections: number;
  /** Connections ever taken. */
  readonly taken: number;
  /** Bytes ever carried, in both directions. */
  readonly carried: number;
  /** Every connection breaks, and new ones are refused until `mend`. */
  cut(): void;
  /** Every connection breaks; new ones are taken at once. */
  drop(): void;
  /** Everything stays connected and nothing passes, until `mend`. */
  stall(): void;
  /** Milliseconds added to each piece of data, in both directions. */
  slow(milliseconds: number): void;
  mend(): void;
}

interface Wire {
  readonly ends: readonly [Socket, Socket];
}

export async function startTcpProxy(target: { readonly port: number; readonly host?: string }): Promise<TcpProxy> {
  const wires = new Set<Wire>();
  let refusing = false;
  let stalled = false;
  let delay = 0;
  let taken = 0;
  let carried = 0;

  const carry = (from: Socket, to: Socket) => {
    // What was held back leaves in the order it came, also when the delay changes meanwhile.
    const late: Buffer[] = [];
    from.on('data', (data) => {
      carried += data.length;
      if (delay === 0 && late.length === 0) return void to.write(data);
      late.push(data);
      setTimeout(() => {
        const first = late.shift();
        if (first && !to.destroyed) to.write(first);
      }, delay);
    });
    from.on('error', () => {});
    from.on('close', () => to.destroy());
    if (stalled) from.pause();
  };
  const server = createServer((client) => {
    if (refusing) {
      client.destroy();
      return;
    }
    taken += 1;
    const upstream = connect(target.port, target.host ?? '127.0.0.1');
    const wire: Wire = { ends: [client, upstream] };
    wires.add(wire);
    carry(client, upstream);
    carry(upstream, client);
    client.on('close', () => wires.delete(wire));
  });
  const each = (work: (socket: Socket) => void) => {
    for (const { ends } of wires) ends.forEach(work);
  };
  const drop = () => each((socket) => socket.destroy());

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return wires.size;
    },
    get taken() {
      return taken;
    },
    get carried() {
      return carried;
    },
    cut() {
      refusing = true;
      drop();
    },
    drop,
    stall() {
      stalled = true;
      each((socket) => socket.pause());
    },
    slow(milliseconds) {
      delay = milliseconds;
    },
    mend() {
      refusing = false;
      stalled = false;
      delay = 0;
      each((socket) => socket.resume());
    },
    async [Symbol.asyncDispose]() {
      drop();
      server.close();
      await once(server, 'close');
    },
  };
}

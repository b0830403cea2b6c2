import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';

/** When everybody comes back at once they wait here rather than being turned away; the kernel's own limit may be lower. */
const WAITING_CONNECTIONS = 4_096;
/** Lines at the one port. */
const LINES = 8;

/**
 * Listens at an address. The loop takes one connection a turn from each line, and the kernel lets no more than some thousand
 * wait in one: in a crowd, whoever found it full tried again after 1, 3, 7, 15 and 31 seconds, long after the crowd was gone. So
 * there are several lines, where the kernel knows how to share a port. Answers what closes those beside the server's own.
 */
export async function listenAt(server: HttpServer, port: number, host: string): Promise<() => void> {
  const shared = process.platform === 'linux';
  // Whoever shares a port is not told that somebody else has it. Where any will do, the kernel gives one that nobody has.
  if (shared && port !== 0) await findFree(port, host);
  const others = Array.from({ length: shared ? LINES - 1 : 0 }, () =>
    // As an HTTP server has its own sockets.
    createServer({ allowHalfOpen: true, noDelay: true }, (socket) => server.emit('connection', socket)),
  );
  const lines: Server[] = [server, ...others];
  const close = (some: readonly Server[]) => some.forEach((line) => void line.close());
  try {
    for (const line of lines) {
      const given = (server.address() as AddressInfo | null)?.port ?? port;
      await once(line.listen({ port: given, host, backlog: WAITING_CONNECTIONS, reusePort: shared }), 'listening');
    }
  } catch (error) {
    close(lines);
    throw error;
  }
  return () => close(others);
}

/** Rejects when somebody else has it. */
async function findFree(port: number, host: string): Promise<void> {
  const first = createServer().listen({ port, host });
  await once(first, 'listening');
  first.close();
  await once(first, 'close');
}

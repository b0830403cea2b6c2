import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below those that systems give to outgoing connections, any of which could take the port before its server does. */
const [FIRST, LAST] = [20_000, 32_000];
const given = new Set<number>();

/** A port that nobody listened on a moment ago, for servers that can't be told to choose one themselves. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

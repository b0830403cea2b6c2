import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** What the style is called in the build, and in the release of that name. */
const style = /(\/assets\/page-[\w-]+)\.css/g;
const styleOf = (name: string) => new RegExp(`(/assets/page-[\\w-]+)\\.of-${name}\\.css`);

/** A server in front of Parley that can bring out a newer version of the page: another worker, another page under it, and another style. */
export async function startReleases() {
  let target = '';
  /** What the newest one is called; the first has no name. */
  let newer: string | undefined;
  /** The page is the newer one already, the worker is not. */
  let isWorkerHeldBack = false;
  const page = (text: string) =>
    text.replace('<head>', `<head><meta name="release" content="${newer}">`).replace(style, `$1.of-${newer}.css`);
  const worker = (text: string) =>
    text.replace(/version:"|"version":"/, (found) => `${found}${newer}-`).replace(style, `$1.of-${newer}.css`);
  const changeOf = ({ url = '', headers }: IncomingMessage) => {
    if (!newer) return;
    if (url === '/service-worker.js') return isWorkerHeldBack ? undefined : worker;
    return url === '/index.html' || url === '/' || headers['sec-fetch-mode'] === 'navigate' ? page : undefined;
  };
  const ask = ({ url = '', method, headers }: IncomingMessage, more: object = {}) =>
    request(`${target}${newer ? url.replace(styleOf(newer), '$1.css') : url}`, { method, headers: { ...headers, ...more } });
  const sockets = new Set<Socket>();

  const server = createServer((incoming, outgoing) => {
    const change = changeOf(incoming);
    const asked = ask(incoming, change && { 'accept-encoding': 'identity' });
    asked.on('error', () => outgoing.destroy());
    asked.on('response', async (answer) => {
      answer.on('error', () => outgoing.destroy());
      if (!change) {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        return void answer.pipe(outgoing);
      }
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk as Buffer);
      const body = change(Buffer.concat(chunks).toString());
      outgoing.writeHead(answer.statusCode ?? 502, { ...answer.headers, 'content-length': Buffer.byteLength(body) });
      outgoing.end(body);
    });
    incoming.pipe(asked);
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (incoming, socket: Socket) => {
    const asked = ask(incoming);
    asked.on('error', () => socket.destroy());
    asked.on('upgrade', (answer, upstream: Socket, head) => {
      const lines = answer.rawHeaders.flatMap((name, index, all) => (index % 2 ? [] : [`${name}: ${all[index + 1]}`]));
      socket.write(['HTTP/1.1 101 Switching Protocols', ...lines, '', ''].join('\r\n'));
      socket.write(head);
      for (const [from, to] of [
        [upstream, socket],
        [socket, upstream],
      ] as const) {
        from.on('error', () => to.destroy());
        from.on('close', () => to.destroy());
        from.pipe(to);
      }
    });
    asked.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    standBefore(url: string) {
      target = url;
    },
    bringOut(name = 'newer', { withWorker = true } = {}) {
      newer = name;
      isWorkerHeldBack = !withWorker;
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

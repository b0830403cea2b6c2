import { readFile } from 'node:fs/promises';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import type { Duplex } from 'node:stream';
import { createServer } from 'vite';

const root = join(import.meta.dirname, '..');
/** What Vite and React put into the page while somebody works on it; nothing else may be inline. */
const NONCE = 'parley-while-developing';

/** The worker of a build may still be in charge of this address: it hands the page over, once. */
const farewell = `
addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil((async () => {
  const names = await caches.keys();
  await Promise.all(names.map((name) => caches.delete(name)));
  await registration.unregister();
  if (names.length > 0) for (const page of await clients.matchAll({ type: 'window' })) await page.navigate(page.url);
})()));
`;

export interface LivePage extends AsyncDisposable {
  page(request: IncomingMessage, response: ServerResponse, path: string): boolean;
  /** How the page learns that something changed. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** The page from its sources: what changes there shows at once in every browser that has it open. For whoever works on it. */
export async function openLivePage(headers: Readonly<Record<string, string>>): Promise<LivePage> {
  // Listens nowhere: it is where Vite expects the sockets that the front door hands over.
  const sockets = createHttpServer();
  const vite = await createServer({
    root: import.meta.dirname,
    configFile: join(import.meta.dirname, 'vite.config.ts'),
    cacheDir: join(root, '.cache', 'vite'),
    appType: 'custom',
    clearScreen: false,
    html: { cspNonce: NONCE },
    server: {
      middlewareMode: true,
      hmr: { server: sockets },
      // What Parley keeps lies in the same clone.
      fs: { allow: ['client', 'common/src', 'node_modules', '.cache/vite'].map((folder) => join(root, folder)) },
    },
  });
  const live = { ...headers, 'content-security-policy': loosened(headers['content-security-policy'] ?? ''), 'cache-control': 'no-cache' };

  const show = async (response: ServerResponse, url: string) => {
    const html = await readFile(join(import.meta.dirname, 'index.html'), 'utf8');
    response.setHeader('content-type', 'text/html; charset=utf-8').end(await vite.transformIndexHtml(url, html));
  };
  return {
    page(request, response, path) {
      for (const [name, value] of Object.entries(live)) response.setHeader(name, value);
      if (path === '/service-worker.js') {
        response.setHeader('content-type', 'text/javascript; charset=utf-8').end(farewell);
        return true;
      }
      vite.middlewares(request, response, () => {
        if (extname(path) !== '') return void response.writeHead(404).end();
        show(response, request.url ?? path).catch((error: unknown) => response.writeHead(500).end(String(error)));
      });
      return true;
    },
    upgrade(request, socket, head) {
      if (request.headers['sec-websocket-protocol']?.startsWith('vite-')) sockets.emit('upgrade', request, socket, head);
      else socket.destroy();
    },
    [Symbol.asyncDispose]: () => vite.close(),
  };
}

/** Vite waits for a server that starts anew in a worker made of text, which neither the policy nor Trusted Types let pass. */
const loosened = (policy: string) =>
  policy
    .replace(/\b(script|style)-src 'self'/g, `$& 'nonce-${NONCE}'`)
    .replace("worker-src 'self'", '$& blob:')
    .replace(/; (require-)?trusted-types[^;]*/g, '');

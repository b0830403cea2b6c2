import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ErrorCode, errors, sentences } from '@parley/common/contracts';
import { answerDocument, refuse, type Service } from '@parley/common/server';
import type { LivePage } from '../../client/live-page.ts';
import { openPage, type Page, pageHeaders } from './page.ts';
import { paths } from './routing.ts';
import type { Running } from './running.ts';

/** Sockets whose other end does not answer a goodbye are not waited for longer. */
const GOODBYE_MS = 1_000;

/** Whoever asks for these wants an answer, and never the page. */
const forPrograms = /^\/(?:api|ws|internal|health|metrics)(?:\/|$)/;

/**
 * What NGINX is in front of a cluster: one port, by path to the service that answers it. Only what is named here can be
 * reached, so an internal route never is. `before`: what is shown ahead of the client. `live`: the client from its sources.
 * Closing it closes what is inside.
 */
export function openFrontDoor(running: Running, inside: AsyncDisposable, before: Page = () => false, live?: LivePage): Service {
  const sockets = new Set<Duplex>();
  const page = live?.page ?? openPage();
  const http: RequestListener = (request, response) => {
    const path = pathOf(request);
    const reads = request.method === 'GET' || request.method === 'HEAD';
    // The same whoever is asked, and so answered before anybody is there.
    if (reads && answerDocument(path, response)) return;
    const name = serviceAt(path);
    if (!name) return answerOurselves(request, response, path);
    const service = running.get(name);
    if (!service) return problem(response, 'unavailable');
    service.http(request, response);
  };
  const answerOurselves = (request: IncomingMessage, response: ServerResponse, path: string) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return problem(response, 'not-found');
    if (path === '/health/live') return answer(response, 200, 'text/plain', 'live\n');
    if (path === '/health/ready') return void answerReady(response, running);
    if (forPrograms.test(path) || !(before(request, response, path) || page(request, response, path))) problem(response, 'not-found');
  };
  const upgrade: Service['upgrade'] = (request, socket, head) => {
    const name = socketServiceAt(pathOf(request));
    const service = name && running.get(name);
    if (service?.upgrade) {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      service.upgrade(request, socket, head);
      return;
    }
    if (!name && live) return live.upgrade(request, socket, head);
    refuse(socket, name ? '503 Service Unavailable' : '404 Not Found');
  };
  return {
    http,
    upgrade,
    ready: () => running.ready(),
    async [Symbol.asyncDispose]() {
      const goodbye = setTimeout(() => sockets.forEach((socket) => void socket.destroy()), GOODBYE_MS);
      await Promise.all([inside[Symbol.asyncDispose](), live?.[Symbol.asyncDispose]()]);
      clearTimeout(goodbye);
    },
  };
}

const pathOf = ({ url = '' }: IncomingMessage) => url.split('?', 1)[0] as string;
const serviceAt = (path: string) =>
  paths.find(({ prefix, socket }) => !socket && (path === prefix || path.startsWith(`${prefix}/`)))?.service;
const socketServiceAt = (path: string) => paths.find(({ prefix, socket }) => socket && path === prefix)?.service;

async function answerReady(response: ServerResponse, running: Running) {
  const ready = await running.ready().catch(() => false);
  answer(response, ready ? 200 : 503, 'text/plain', ready ? 'ready\n' : 'not ready\n');
}

function answer(response: ServerResponse, status: number, type: string, body: string) {
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    ...pageHeaders,
  });
  response.end(body);
}

function problem(response: ServerResponse, code: ErrorCode) {
  const { status, retryable } = errors[code];
  if (retryable) response.setHeader('retry-after', '1');
  const body = { type: `urn:parley:error:${code}`, title: sentences[code], status, code, retryable };
  answer(response, status, 'application/problem+json', JSON.stringify(body));
}

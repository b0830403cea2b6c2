import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { collectDefaultMetrics, type Registry } from 'prom-client';

export interface Operations {
  /** False from the moment that this process begins to stop. */
  readonly taking: () => boolean;
  readonly ready: () => boolean | Promise<boolean>;
  readonly metrics: Registry;
}

/**
 * For whoever runs the platform, beside what a service answers; no path of these is routed from outside.
 * `/health/live`: the process answers. `/health/ready`: send it requests. `/metrics`: Prometheus.
 */
export function withOperations(listener: RequestListener, { taking, ready, metrics }: Operations): RequestListener {
  const answers: Record<string, (response: ServerResponse) => Promise<void>> = {
    '/health/live': async (response) => say(response, 200, 'live'),
    '/health/ready': async (response) => {
      const is = taking() && (await ready());
      say(response, is ? 200 : 503, is ? 'ready' : 'not ready');
    },
    '/metrics': async (response) => say(response, 200, await metrics.metrics(), metrics.contentType),
  };
  return (request: IncomingMessage & { url?: string }, response) => {
    const answer = request.url !== undefined && Object.hasOwn(answers, request.url) ? answers[request.url] : undefined;
    if (!answer) return listener(request, response);
    answer(response).catch(() => say(response, 503, 'not ready'));
  };
}

function say(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8') {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(`${text}\n`);
}

/** Memory, processor, garbage collection and event-loop lag of this process. */
export const measureProcess = (metrics: Registry) => collectDefaultMetrics({ register: metrics, prefix: 'parley_' });

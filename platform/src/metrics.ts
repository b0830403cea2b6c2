import { type Listening, serve } from '@parley/common/server';
import type { Registry } from 'prom-client';

const LOOPBACK = '127.0.0.1';

/** One page for Prometheus of what all services of this process measure. On loopback alone: it is for whoever runs it. */
export function serveMetrics(registries: readonly Registry[], port: number): Promise<Listening> {
  const page = async () => merged(await Promise.all(registries.map((registry) => registry.metrics())));
  return serve(
    {
      http(request, response) {
        if (request.url !== '/metrics') return void response.writeHead(404).end();
        page().then(
          (text) =>
            response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', 'cache-control': 'no-store' }).end(text),
          () => response.writeHead(500).end(),
        );
      },
      ready: () => true,
      [Symbol.asyncDispose]: async () => {},
    },
    { port, host: LOOPBACK, drainMs: 0 },
  );
}

/** Several services measure the same things: each family stands once, with the samples of all of them. */
export function merged(pages: readonly string[]): string {
  const families = new Map<string, string[]>();
  for (const part of pages.flatMap((page) => page.split(/^(?=# HELP )/m))) {
    const [help = '', type = '', ...samples] = part.split('\n').filter(Boolean);
    if (!help.startsWith('# HELP ')) continue;
    const name = help.split(' ', 3)[2] as string;
    families.set(name, [...(families.get(name) ?? [help, type]), ...samples]);
  }
  return `${[...families.values()].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

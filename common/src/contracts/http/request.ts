import type { Input, Route } from './route.ts';

/** How a route is asked over HTTP: parameters in the path, the rest in the query of a GET, in the body otherwise. */
export function requestOf<R extends Route>(route: R, input: Input<R>): { method: string; path: string; body: string | undefined } {
  const rest: Record<string, unknown> = { ...input };
  const path = route.path.replace(/:(\w+)/g, (_, name: string) => {
    const value = String(rest[name]);
    delete rest[name];
    return encodeURIComponent(value);
  });
  const method = route.method.toUpperCase();
  if (route.method === 'get') return { method, path: `${path}${queryOf(rest)}`, body: undefined };
  return { method, path, body: Object.keys(rest).length > 0 ? JSON.stringify(rest) : undefined };
}

function queryOf(input: Record<string, unknown>): string {
  const given = Object.entries(input).filter(([, value]) => value !== undefined);
  return given.length > 0 ? `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}` : '';
}

import type { OpenSocket, Socket } from './connection.ts';

export interface NodeSession {
  readonly fetch: typeof globalThis.fetch;
  readonly openSocket: OpenSocket;
  /** By name, as a browser would keep them. */
  readonly cookies: Map<string, string>;
}

export interface NodeSessionOptions {
  readonly base: string;
  readonly origin?: string;
  /** Of a browser that has others of its windows open. */
  readonly cookies?: Map<string, string>;
}

/** What a browser brings along, for a client outside of one: cookies, and the origin of a page. */
export function createNodeSession({ base, origin = base, cookies = new Map() }: NodeSessionOptions): NodeSession {
  const headers = () => ({
    origin,
    ...(cookies.size > 0 && { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
  });

  return {
    cookies,
    async fetch(input, init) {
      const response = await fetch(input, { ...init, headers: { ...Object.fromEntries(new Headers(init?.headers)), ...headers() } });
      for (const line of response.headers.getSetCookie()) keep(cookies, line);
      return response;
    },
    openSocket(path, protocol) {
      const options = { protocols: [protocol], headers: headers() };
      // Node's WebSocket takes headers where the browser's takes protocols alone.
      return new WebSocket(`${base.replace(/^http/, 'ws')}${path}`, options as unknown as string[]) as unknown as Socket;
    },
  };
}

function keep(cookies: Map<string, string>, line: string) {
  const [first = '', ...attributes] = line.split(';');
  const at = first.indexOf('=');
  const name = first.slice(0, at).trim();
  const value = first.slice(at + 1).trim();
  const over = attributes.some((attribute) => /^\s*max-age=0+$/i.test(attribute) || /^\s*expires=.*1970/i.test(attribute));
  if (over || value === '') cookies.delete(name);
  else cookies.set(name, value);
}

import { networkInterfaces } from 'node:os';
import { isLoopback } from './options.ts';

/** The origins under which a browser may have reached us: every name of this machine that we listen on. */
export function originsOf(host: string, port: number): string[] {
  const local = ['localhost', '127.0.0.1', '[::1]'];
  const names = isLoopback(host) ? local : isAny(host) ? [...local, ...addresses()] : [...local, bracketed(host)];
  return names.map((name) => new URL(`http://${name}:${port}`).origin);
}

const isAny = (host: string) => host === '0.0.0.0' || host === '::';
const bracketed = (host: string) => (host.includes(':') ? `[${host}]` : host);

const addresses = () =>
  Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    // A link-local address has a zone, which no origin can say.
    .filter(({ internal, scopeid }) => !internal && !scopeid)
    .map(({ address }) => bracketed(address));

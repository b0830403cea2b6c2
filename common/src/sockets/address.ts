import type { IncomingMessage } from 'node:http';
import proxyAddress from 'proxy-addr';

/** The address of whoever stands before the proxies that we trust; the same reading as that of the HTTP routes. */
export function addressReader(trustedProxies: readonly string[]): (request: IncomingMessage) => string {
  if (trustedProxies.length === 0) return (request) => request.socket.remoteAddress ?? '';
  const trusted = proxyAddress.compile([...trustedProxies]);
  return (request) => proxyAddress(request, trusted) ?? '';
}

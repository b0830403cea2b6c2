import type { LookupFunction } from 'node:net';
import { ParleyError } from '@parley/common/contracts';
import { lookupPublic, publicAddressesOf } from './addresses.ts';

export interface Endpoints {
  /** Throws `endpoint-refused` unless a notification may be posted to it. A server that posts wherever a client says is an open door. */
  check(endpoint: string): Promise<void>;
  /** How a connection to it resolves its name; undefined: as the system does. Throws `endpoint-refused`. */
  lookupFor(endpoint: URL): LookupFunction | undefined;
}

/** `allowed`: origins that the operator trusts beside the public ones, such as a push service of their own. */
export function createEndpoints(allowed: readonly string[]): Endpoints {
  const trusted = new Set(allowed);
  const refuse = (url: URL) => {
    if (trusted.has(url.origin)) return;
    // The port of https and no other, for what else listens on a host is not a push service.
    if (url.protocol !== 'https:' || url.port !== '') throw new ParleyError('endpoint-refused');
  };
  return {
    async check(endpoint) {
      const url = new URL(endpoint);
      refuse(url);
      if (url.username !== '' || url.password !== '') throw new ParleyError('endpoint-refused');
      if (trusted.has(url.origin)) return;
      await publicAddressesOf(url.hostname).catch((cause: unknown) => {
        throw new ParleyError('endpoint-refused', { cause });
      });
    },
    lookupFor(url) {
      refuse(url);
      return trusted.has(url.origin) ? undefined : lookupPublic;
    },
  };
}

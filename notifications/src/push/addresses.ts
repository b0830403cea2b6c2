import { lookup as resolve } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Not to be reached from outside: this machine, private networks, link-local with the metadata of clouds, shared, reserved, multicast. */
const notPublic = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  notPublic.addSubnet(network, prefix, 'ipv4');

/** Of IPv6 one block is given out to anybody; within it these lead elsewhere or nowhere: protocols, documentation, IPv4 in disguise. */
const global = new BlockList();
global.addSubnet('2000::', 3, 'ipv6');
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  notPublic.addSubnet(network, prefix, 'ipv6');

export function isPublic(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !notPublic.check(address, 'ipv4');
  return family === 6 && global.check(address, 'ipv6') && !notPublic.check(address, 'ipv6');
}

/** Whoever is named by a client and leads into our own network is refused, with this. */
export class NotPublic extends Error {
  override readonly name = 'NotPublic';
}

/** All addresses of a name, if all of them are public: one that is not says that the name is not meant well. */
export async function publicAddressesOf(host: string): Promise<readonly { address: string; family: number }[]> {
  const bare = host.replace(/^\[|\]$/g, '');
  const addresses = isIP(bare) ? [{ address: bare, family: isIP(bare) }] : await resolve(bare, { all: true });
  if (addresses.length === 0 || !addresses.every(({ address }) => isPublic(address)))
    throw new NotPublic(`${host} is not on a public address`);
  return addresses;
}

/** For a connection: it goes to the very addresses that were judged, whatever the name is resolved to a moment later. */
export const lookupPublic: LookupFunction = (host, options, callback) => {
  publicAddressesOf(host).then(
    (addresses) => {
      const [first] = addresses as readonly [{ address: string; family: number }];
      if (options.all) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    },
    (error: NodeJS.ErrnoException) => callback(error, '', 0),
  );
};

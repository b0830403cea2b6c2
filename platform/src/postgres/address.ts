import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@parley/common/server';

/** Where an embedded PostgreSQL listens: a socket in a folder that only its owner may enter, or a loopback port. */
export type Address = { readonly socketFolder: string } | { readonly port: number };

/** What the operating systems allow the path of a socket to be, in bytes. */
const SOCKET_PATH_MAX = process.platform === 'linux' ? 107 : 103;
/** PostgreSQL names its socket by a port, also where it has none. */
const SOCKET_PORT = 5432;

export async function chooseAddress(folder: string, onPort = false): Promise<Address> {
  const socketFolder = join(folder, 'run');
  const longest = Buffer.byteLength(join(socketFolder, `.s.PGSQL.${SOCKET_PORT}.lock`));
  if (onPort || process.platform === 'win32' || longest > SOCKET_PATH_MAX) return { port: await freePort() };
  mkdirSync(socketFolder, { recursive: true, mode: 0o700 });
  return { socketFolder };
}

/** What PostgreSQL is told of its address. */
export function settingsOf(address: Address): Record<string, string> {
  if ('port' in address) return { listen_addresses: '127.0.0.1', unix_socket_directories: '', port: String(address.port) };
  return {
    listen_addresses: '',
    unix_socket_directories: address.socketFolder,
    unix_socket_permissions: '0700',
    port: String(SOCKET_PORT),
  };
}

export function urlOf(address: Address, user: string, password: string, database: string): string {
  const credentials = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  if ('port' in address) return `postgresql://${credentials}@127.0.0.1:${address.port}/${database}`;
  return `postgresql://${credentials}@localhost:${SOCKET_PORT}/${database}?host=${encodeURIComponent(address.socketFolder)}`;
}

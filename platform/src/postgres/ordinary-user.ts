import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { Unusable } from '../unusable.ts';

export type Command = readonly [file: string, ...parameters: string[]];

/** How to run a command so that PostgreSQL, which refuses to be root, takes it for an ordinary user. */
export type AsOrdinaryUser = (command: Command) => Command;

/** A user namespace in which root's own files belong to an ordinary user: nothing changes hands. */
const inNamespace =
  (userId: number): AsOrdinaryUser =>
  (command) => ['unshare', '--user', `--map-user=${userId}`, '--', ...command];

/**
 * Where containers forbid namespaces: a user that the machine has anyway, with the one right of root to enter folders and
 * none to become anybody else. What it makes belongs to it.
 */
const withOneRight =
  (userId: number): AsOrdinaryUser =>
  (command) => [
    'setpriv',
    `--reuid=${userId}`,
    `--regid=${userId}`,
    '--clear-groups',
    ...['--inh-caps', '--ambient-caps', '--bounding-set'].map((set) => `${set}=-all,+dac_override`),
    '--no-new-privs',
    '--',
    ...command,
  ];

/** Adds no user, and works in folders that only root may enter. `cluster` stays with whom it belongs to already. */
export async function asOrdinaryUser(
  postgres: string,
  cluster: string,
  isRoot: boolean = process.getuid?.() === 0,
): Promise<AsOrdinaryUser> {
  if (!isRoot) return (command) => command;
  for (const way of waysFor(await ownerOf(cluster), await someUserId())) if (await works(way([postgres, '--version']))) return way;
  throw new Unusable(
    'You are root. PostgreSQL refuses to run as root, and this machine lets neither `unshare` nor `setpriv` run it as somebody else.\n' +
      'Run the same command as an ordinary user, or allow user namespaces (containers: --security-opt seccomp=unconfined).',
  );
}

export function waysFor(owner: number | undefined, someUser: number): AsOrdinaryUser[] {
  if (owner === undefined) return [inNamespace(someUser), withOneRight(someUser)];
  return owner === 0 ? [inNamespace(someUser)] : [withOneRight(owner)];
}

const ownerOf = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ uid }) => uid,
    () => undefined,
  );

const works = ([file, ...parameters]: Command): Promise<boolean> =>
  promisify(execFile)(file, parameters).then(
    () => true,
    () => false,
  );

/** PostgreSQL looks the name of its user up, so it has to be one that the machine knows. */
async function someUserId(): Promise<number> {
  const users = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const ids = users.split('\n').map((line) => Number(line.split(':')[2]));
  return ids.find((id) => id > 0) ?? 65_534;
}

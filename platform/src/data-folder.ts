import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Holder, hold, holderOf } from '../../scripts/prepare/hold.mjs';
import { Unusable } from './unusable.ts';

/** Everything that this Parley keeps, held by one process at a time. */
export interface DataFolder extends Disposable {
  readonly path: string;
  /** Made once under this name, the same at every later start. */
  secret(name: string): string;
  /** Throws where nothing says that it was a Parley that made what is kept here. */
  mustBeOurs(): void;
  /** Forgets everything that was kept, where it is ours. */
  empty(): void;
}

const OWNER_ONLY = { file: 0o600, folder: 0o700 };
const SECRET_BYTES = 32;
const SECRETS = 'secrets.json';
/** Says that what is kept here is a demo, and who lives in it. */
export const DEMO = 'demo.json';
/** The folder within that PostgreSQL keeps. */
export const CLUSTER = 'postgres';

/** Opens the folder, or says who has it open. */
export function openDataFolder(path: string, link = linkSync): DataFolder {
  const folder = makeFolder(resolve(path));
  const release = lock(folder, link);
  return {
    path: folder,
    secret: (name) => secretOf(folder, name),
    mustBeOurs: () => mustBeOurs(folder),
    empty: () => empty(folder),
    [Symbol.dispose]: release,
  };
}

/** Answers its real path, whatever links lead there: programs that run on it are known by that. */
function makeFolder(folder: string): string {
  try {
    const made = mkdirSync(folder, { recursive: true, mode: OWNER_ONLY.folder });
    if (made) chmodSync(folder, OWNER_ONLY.folder);
    return realpathSync(folder);
  } catch (cause) {
    throw new Unusable(`The data folder ${folder} can't be made (${(cause as Error).message}). Choose another with --data <folder>.`, {
      cause,
    });
  }
}

const lockIn = (folder: string) => join(folder, 'parley.lock');

/** Whether some Parley has this folder open now. */
export const isHeld = (folder: string): boolean => holderOf(lockIn(folder)) !== undefined;

function lock(folder: string, link: typeof linkSync): () => void {
  const path = lockIn(folder);
  const holder = attempt(folder, () => hold(path, link));
  if (holder) throw inUse(folder, holder, path);
  return () => rmSync(path, { force: true });
}

function attempt<T>(folder: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    throw new Unusable(
      `The data folder ${folder} can't be used (${(cause as Error).message}).\n` +
        'It has to be writable, on a file system with hard links. Choose another with --data <folder>.',
      { cause },
    );
  }
}

const inUse = (folder: string, { pid }: Holder, path: string) =>
  new Unusable(
    `The data folder ${folder} is in use by another Parley (process ${pid}).\n` +
      `Stop that one, or choose another folder with --data <folder>. If process ${pid} is something else, delete ${path}.`,
  );

function secretOf(folder: string, name: string): string {
  const path = join(folder, SECRETS);
  const kept = secretsIn(folder) ?? firstSecrets(folder);
  const known = kept[name];
  if (known) return known;
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  const next = `${path}.next`;
  writeFileSync(next, JSON.stringify({ ...kept, [name]: secret }, null, 2), { mode: OWNER_ONLY.file });
  renameSync(next, path);
  return secret;
}

/** Says that this folder is a Parley's. */
const MARK = { madeBy: 'Parley' } as const;

function secretsIn(folder: string): Readonly<Record<string, string>> | undefined {
  const path = join(folder, SECRETS);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

function firstSecrets(folder: string): Readonly<Record<string, string>> {
  if (existsSync(join(folder, CLUSTER)))
    throw new Unusable(
      `There is a folder ${CLUSTER} in ${folder}, without the ${SECRETS} that Parley keeps beside its own.\n` +
        'Bring that back, or choose another folder with --data <folder>.',
    );
  return MARK;
}

/** The mark last: what is begun can be done once more. */
const keptIn = (folder: string) => [CLUSTER, DEMO, SECRETS].filter((name) => existsSync(join(folder, name)));

function mustBeOurs(folder: string): void {
  const kept = keptIn(folder);
  if (kept.length > 0 && !isMarked(folder))
    throw new Unusable(
      `Nothing says that it was Parley that made ${kept.join(' and ')} in ${folder}, so it stays there.\n` +
        'Delete it yourself, or choose another folder with --data <folder>.',
    );
}

/** By name, so that whatever else somebody keeps in the same folder stays. */
function empty(folder: string): void {
  mustBeOurs(folder);
  for (const name of keptIn(folder)) rmSync(join(folder, name), { recursive: true });
}

function isMarked(folder: string): boolean {
  try {
    return secretsIn(folder)?.madeBy === MARK.madeBy;
  } catch {
    // It is no JSON: somebody else's.
    return false;
  }
}

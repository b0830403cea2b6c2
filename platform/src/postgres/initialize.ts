import { spawn } from 'node:child_process';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { bareEnvironment } from '../config.ts';
import { Unusable } from '../unusable.ts';
import type { AsOrdinaryUser, Command } from './ordinary-user.ts';

export interface NewCluster {
  readonly cluster: string;
  readonly initdb: string;
  readonly user: string;
  readonly password: string;
  readonly asUser: AsOrdinaryUser;
  readonly signal: AbortSignal;
  readonly tell: (what: string) => void;
}

/**
 * Where PostgreSQL takes words apart (trigrams), it asks the C library what a letter is; a system without C.UTF-8 knows
 * ASCII alone. Order, case and comparison are PostgreSQL's own and the same everywhere.
 */
const LETTERS = ['C.UTF-8', 'C'];

/** Makes a cluster unless it is there. It appears under its name complete or not at all. */
export async function initialize({ cluster, initdb, user, password, asUser, signal, tell }: NewCluster): Promise<void> {
  if (existsSync(cluster)) return;
  tell('making the database (only the first time) …');
  const making = `${cluster}.new`;
  const passwordFile = `${cluster}.password`;
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  try {
    const said: string[] = [];
    for (const letters of LETTERS) {
      rmSync(making, { recursive: true, force: true });
      const failure = await attempt(asUser([initdb, ...parameters(making, letters, user, passwordFile)]), signal);
      signal.throwIfAborted();
      if (failure === undefined) {
        renameSync(making, cluster);
        return;
      }
      said.push(failure);
    }
    throw new Unusable(`PostgreSQL could not make its data folder in ${cluster}:\n${said.at(-1)}`);
  } finally {
    for (const left of [passwordFile, making]) rmSync(left, { recursive: true, force: true });
  }
}

const parameters = (folder: string, letters: string, user: string, passwordFile: string) => [
  `--pgdata=${folder}`,
  '--encoding=UTF8',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--locale=C',
  `--lc-ctype=${letters}`,
  `--username=${user}`,
  // Whoever reaches the socket passed the folder's own permissions; a port can be reached by every user of the machine.
  '--auth-local=trust',
  '--auth-host=scram-sha-256',
  `--pwfile=${passwordFile}`,
  '--no-instructions',
  // One call instead of one for each of a thousand files.
  ...(process.platform === 'linux' ? ['--sync-method=syncfs'] : []),
];

/** What it said when it failed. */
function attempt([file, ...rest]: Command, signal: AbortSignal): Promise<string | undefined> {
  const child = spawn(file, rest, { stdio: ['ignore', 'pipe', 'pipe'], env: bareEnvironment(), detached: true });
  const stop = () => child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      signal.removeEventListener('abort', stop);
      resolve(code === 0 ? undefined : said);
    });
  });
}

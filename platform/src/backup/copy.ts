import { chmodSync, copyFileSync, existsSync, lchownSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CLUSTER } from '../data-folder.ts';
import { Unusable } from '../unusable.ts';

/** All that has to be kept of a data folder; the rest is made anew. */
const KEPT = [CLUSTER, 'secrets.json'];

/** Whether there is anything in this folder that a Parley keeps. */
export const keepsSomething = (folder: string) => existsSync(join(folder, CLUSTER));

/** What a Parley that does not run keeps, as a whole or not at all. */
export function copyKept(from: string, to: string): void {
  if (!keepsSomething(from)) throw new Unusable(`There is no Parley in ${from}.`);
  if (keepsSomething(to)) throw new Unusable(`There is a Parley in ${to} already. Choose another folder, or move that one away.`);
  mkdirSync(dirname(to), { recursive: true });
  const next = `${to}.next`;
  rmSync(next, { recursive: true, force: true });
  mkdirSync(next, { mode: 0o700 });
  for (const name of KEPT) copy(join(from, name), join(next, name));
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const name of KEPT) renameSync(join(next, name), join(to, name));
  rmSync(next, { recursive: true });
}

/** With owners and modes, which PostgreSQL looks at. */
function copy(from: string, to: string) {
  const { mode, uid, gid } = lstatSync(from);
  if (lstatSync(from).isDirectory()) {
    mkdirSync(to);
    for (const name of readdirSync(from)) copy(join(from, name), join(to, name));
  } else copyFileSync(from, to);
  chmodSync(to, mode & 0o777);
  if (process.getuid?.() === 0) lchownSync(to, uid, gid);
}

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLUSTER, type DataFolder, DEMO } from '../data-folder.ts';
import { Unusable } from '../unusable.ts';
import { type UserName, visited } from './people.ts';

/** Who lives here, once everything has been told. */
export type Residents = Readonly<Record<UserName, string>>;

const pathIn = (folder: string) => join(folder, DEMO);

/** Undefined: nobody does yet, or it was not finished. */
export function residentsOf({ path }: DataFolder): Residents | undefined {
  return existsSync(pathIn(path)) ? (JSON.parse(readFileSync(pathIn(path), 'utf8')) as { residents?: Residents }).residents : undefined;
}

/** Undefined: somebody will. */
export function keepResidents({ path }: DataFolder, residents: Residents | undefined): void {
  writeFileSync(pathIn(path), `${JSON.stringify({ residents }, null, 2)}\n`, { mode: 0o600 });
}

/** A demo lives in a folder of its own, never among what people said. */
export function claimForDemo(folder: DataFolder): 'settled' | 'unfinished' | 'empty' {
  if (residentsOf(folder)) return 'settled';
  if (existsSync(pathIn(folder.path))) return 'unfinished';
  if (!existsSync(join(folder.path, CLUSTER))) return 'empty';
  throw new Unusable(`What is kept in ${folder.path} is no demo, and stays as it is. Choose another folder with --data <folder>.`);
}

/** What a person reads who started a demo. */
export const invitation = (port: string) => {
  const names = visited.map(({ displayName }) => displayName.split(' ')[0]).join(' and ');
  return `This is a demo. Open http://localhost:${port}/demo and come in with one click; ${names} can be signed in side by side.`;
};

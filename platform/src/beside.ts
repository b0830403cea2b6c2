import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readAddress } from './address-file.ts';
import { adoptEnvironment, environment } from './config.ts';
import { DEFAULT_DATA } from './options.ts';
import { databaseOf } from './worlds.ts';

/**
 * Runs an operator's command beside a Parley that runs in one process: it is told the database, the secret and the address
 * that a process of its own would read from the environment; what the environment says of another Parley does not count. A
 * DATABASE_URL that is given says that the command is for that one.
 */
const [name, file] = process.argv.splice(2, 2) as ['auth' | 'messages' | 'bus', string];
const { DATABASE_URL, BROKER_URL, PARLEY_DATA, PUBLIC_URL } = environment();
const data = resolve(PARLEY_DATA || DEFAULT_DATA);

if (!DATABASE_URL && !BROKER_URL && existsSync(data)) {
  const address = readAddress(data);
  if (address) {
    adoptEnvironment({
      DATABASE_URL: address.databases[databaseOf(name)],
      AUTH_SECRET: address.authSecret,
      // Behind a proxy only the operator knows what links begin with; nothing that is kept depends on it.
      PUBLIC_URL: PUBLIC_URL || address.url,
    });
  } else {
    process.stderr.write(`No Parley runs in ${data}. Start it, or say with PARLEY_DATA=<folder> where it keeps its data.\n`);
    process.exit(1);
  }
}
await import(pathToFileURL(resolve(file)).href);

import { join, resolve } from 'node:path';
import { CLUSTER, openDataFolder } from '../data-folder.ts';
import { DEFAULT_DATA } from '../options.ts';
import { stopOrphan } from '../postgres/orphan.ts';
import { Unusable } from '../unusable.ts';
import { command } from './command.ts';
import { copyKept, keepsSomething } from './copy.ts';

await command('backup', 'npm run backup -- [<folder>] [--data <folder>]', async ({ folder, data = DEFAULT_DATA }) => {
  const to = resolve(folder ?? join('backups', new Date().toISOString().slice(0, 19).replaceAll(':', '')));
  if (!keepsSomething(data)) throw new Unusable(`There is no Parley in ${data}. Say with --data <folder> where it keeps its data.`);
  using held = openDataFolder(data);
  await stopOrphan(join(held.path, CLUSTER));
  copyKept(held.path, to);
  return `Everything that Parley keeps is in ${to} as well. Whoever reads it reads everything: keep it as safe as ${held.path}.`;
});

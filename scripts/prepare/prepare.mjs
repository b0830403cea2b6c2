import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateClients, staleClients } from './clients.mjs';
import { install, isInstalled } from './install.mjs';
import { withLock } from './lock.mjs';
import { buildPage, isPageBuilt } from './page.mjs';
import { linkPostgres } from './postgres.mjs';

export { Unprepared } from './unprepared.mjs';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

/**
 * Makes the clone ready to run: its packages, the generated database clients, the page. Does nothing when nothing is missing.
 * @param {{ page?: boolean }} [wanted]
 */
export async function prepare({ page = true } = {}) {
  if (isReady(page)) return;
  await withLock(root, async () => {
    if (!isInstalled(root)) await install(root);
    linkPostgres(root);
    await generateClients(root);
    if (page) await buildPage(root);
  });
}

/** @param {boolean} page */
const isReady = (page) => isInstalled(root) && linkPostgres(root) && staleClients(root).length === 0 && (!page || isPageBuilt(root));

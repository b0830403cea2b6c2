import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** Letters of other scripts come when they are first met. */
const isRare = (file: string) => file.endsWith('.woff2') && !file.includes('-latin-wght-');

/** Builds the service worker beside the page, and tells it which files the page is made of and what it is called. */
export function serviceWorker(): Plugin {
  let publicFolder = '';
  return {
    name: 'service-worker',
    apply: 'build',
    configResolved(config) {
      publicFolder = config.publicDir;
    },
    generateBundle: {
      // After the page itself has been written into the bundle.
      order: 'post',
      handler(_options, bundle) {
        const worker = bundle['service-worker.js'];
        if (worker?.type !== 'chunk') throw new Error('there is no service worker in the build');
        if (worker.imports.length > 0)
          throw new Error(`the service worker is not one file: it shares ${worker.imports.join(', ')} with the page`);
        const hash = createHash('sha256').update(worker.code);
        const files: string[] = [];
        for (const file of Object.values(bundle)) {
          if (file === worker || isRare(file.fileName) || file.fileName.endsWith('.map')) continue;
          files.push(`/${file.fileName}`);
          hash.update(file.fileName).update(file.type === 'chunk' ? file.code : file.source);
        }
        for (const name of readdirSync(publicFolder)) {
          files.push(`/${name}`);
          hash.update(name).update(readFileSync(join(publicFolder, name)));
        }
        const shell = { version: hash.digest('hex').slice(0, 16), files: files.sort() };
        worker.code = worker.code.replace('__SHELL__', JSON.stringify(shell));
      },
    },
  };
}

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { others } from './other-schemas.ts';
import { found, type Manifest, overlays, render, renderWith, root } from './rendering.ts';

/** Who knows the schemas of a group of the Kubernetes API, and of what extends it. */
const modelsOf = (apiVersion: string) => {
  const [group = ''] = apiVersion.split('/');
  const knower = { 'postgresql.cnpg.io': 'cloudnative-pg', 'cert-manager.io': 'cert-manager', 'gateway.networking.k8s.io': 'gateway-api' }[
    group
  ];
  return knower ? `@kubernetes-models/${knower}/${apiVersion}` : `kubernetes-models/${apiVersion}`;
};
const isModelled = ({ apiVersion, kind }: Manifest) => !Object.hasOwn(others, `${apiVersion} ${kind}`);

describe.skipIf(Object.keys(found).length === 0).each(overlays)('%s', (overlay) => {
  test('every object is valid by the schemas of Kubernetes and of the operators', async () => {
    const wrong: string[] = [];
    for (const manifest of render(overlay)) {
      const name = `${manifest.kind}/${manifest.metadata.name}`;
      const other = others[`${manifest.apiVersion} ${manifest.kind}`];
      try {
        if (other) other.parse(manifest.spec);
        else {
          const models = await import(modelsOf(manifest.apiVersion));
          new models[manifest.kind](manifest).validate();
        }
      } catch (error) {
        wrong.push(`${name}: ${(error as Error).message}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  // Schemas let unknown fields pass, and so does a cluster, which then does without what they meant to say.
  test('no object has a field that nobody knows', () => {
    const folder = mkdtempSync(join(root, '.cache', 'manifests-'));
    const modelled = render(overlay).filter(isModelled);
    const lines = modelled.map(
      (manifest, index) => `import type { I${manifest.kind} as T${index} } from '${modelsOf(manifest.apiVersion)}';
export const ${manifest.kind}_${manifest.metadata.name.replaceAll(/\W/g, '_')}: T${index} = ${JSON.stringify(manifest)};`,
    );
    const file = join(folder, 'manifests.ts');
    writeFileSync(file, lines.join('\n'));
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2024', '--ignoreConfig', file];
    let said = '';
    try {
      execFileSync(process.execPath, [join(root, 'node_modules/typescript/lib/tsc.js'), ...options], { cwd: root, encoding: 'utf8' });
    } catch (error) {
      said = String((error as { stdout?: unknown }).stdout);
    }
    rmSync(folder, { recursive: true });
    expect(said).toBe('');
  }, 60_000);

  test('whoever renders it, it is the same', () => {
    const [one, ...rest] = Object.values(found).map((renderer) => renderWith(renderer, overlay));
    for (const other of rest) expect(other).toBe(one);
  });
});

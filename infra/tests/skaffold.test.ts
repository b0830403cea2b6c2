import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { services } from '@parley/common/contracts';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { found, ofKind, podsOf, readYaml, root } from './rendering.ts';
import schema from './skaffold-v4beta.schema.json' with { type: 'json' };

interface Artifact {
  readonly image: string;
  readonly docker: { readonly target?: string; readonly dockerfile?: string; readonly buildArgs?: { readonly SERVICE: string } };
  readonly sync?: { readonly manual: readonly { readonly src: string; readonly dest: string }[] };
}
interface Patch {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: string;
  readonly value?: unknown;
}
interface Skaffold {
  apiVersion: string;
  build: { artifacts: Artifact[] };
  manifests: { kustomize: { paths: string[] } };
  portForward?: { resourceName: string; port: number }[];
  profiles: { name: string; patches: Patch[] }[];
}

const read = () => readYaml(readFileSync(join(root, 'skaffold.yaml'), 'utf8'))[0] as Skaffold;

/** As skaffold does it with JSON patches; a path that leads nowhere is a mistake. */
function withProfile(name: string): Skaffold {
  const config = read();
  for (const { op, path, value } of config.profiles.find((profile) => profile.name === name)?.patches ?? []) {
    const keys = path.split('/').slice(1);
    const last = keys.pop() as string;
    // biome-ignore lint/suspicious/noExplicitAny: it walks whatever is there
    const place = keys.reduce<any>((inner, key) => inner[key], config);
    if (op !== 'add' && !(last in place)) throw new Error(`${path} is not there`);
    if (op === 'remove') delete place[last];
    else place[last] = value;
  }
  return config;
}

test.each(['', 'dev', 'production'])('skaffold.yaml is what skaffold takes, with the profile %o', (profile) => {
  const validate = new Ajv({ allowUnionTypes: true }).compile(schema);
  validate(withProfile(profile));
  expect(validate.errors).toBeNull();
});

/** Skaffold carries all of its schemas with it: where it is installed, it says the whole of what it takes. */
function publishedSchema(): object | undefined {
  const { apiVersion } = read();
  try {
    return JSON.parse(
      execFileSync('skaffold', ['schema', 'get', apiVersion], { encoding: 'utf8', stdio: 'pipe', maxBuffer: 16 * 1024 * 1024 }),
    );
  } catch {
    return undefined;
  }
}
const published = publishedSchema();

if (published)
  test.each(['', 'dev', 'production'])('skaffold takes it by the whole schema of its own, with the profile %o', (profile) => {
    const validate = new Ajv({ strict: false }).compile(published);
    validate(withProfile(profile));
    expect(validate.errors).toBeNull();
  });

test('it builds every service, and the client', () => {
  expect(read().build.artifacts.map(({ image }) => image)).toEqual([...services, 'client'].map((name) => `parley/${name}`));
  for (const [index, service] of services.entries()) expect(read().build.artifacts[index]?.docker.buildArgs).toEqual({ SERVICE: service });
});

test('while developing, what is saved is written to where it runs', () => {
  for (const { image, docker, sync } of withProfile('dev').build.artifacts) {
    const [, name = ''] = image.split('/');
    const dockerfile = readFileSync(join(root, docker.dockerfile ?? 'Dockerfile'), 'utf8');
    expect(dockerfile).toContain(`AS ${docker.target}`);
    expect(dockerfile).toContain('WORKDIR /parley\n');
    expect(sync?.manual.map(({ src }) => src.split('/')[0])).toEqual(expect.arrayContaining([name, 'common']));
    for (const { src, dest } of sync?.manual ?? []) {
      expect(dest).toBe('/parley');
      expect(globSync(src, { cwd: root }).length, src).toBeGreaterThan(0);
    }
  }
});

describe.skipIf(Object.keys(found).length === 0).each(['dev', 'production'] as const)('%s', (overlay) => {
  const config = withProfile(overlay);

  test('every image that is built runs somewhere, and every image of ours is built', () => {
    expect(config.manifests.kustomize.paths).toEqual([`infra/overlays/${overlay}`]);
    const run = podsOf(overlay).flatMap(({ spec }) =>
      spec.containers.map(({ image }: { image: string }) => image.replace(/:[\w.-]+$/, '')),
    );
    const ours = run.filter((image: string) => image.startsWith('parley/'));
    expect(ours.sort()).toEqual(config.build.artifacts.map(({ image }) => image).sort());
  });

  test('every image of others is pinned', () => {
    const images = podsOf(overlay).flatMap(({ spec }) => spec.containers.map(({ image }: { image: string }) => image));
    for (const image of images.filter((name: string) => !name.startsWith('parley/')))
      expect(image).toMatch(/^[\w.-]+\.\w+\/[\w./-]+:\d[\w.-]*$/);
  });

  test('the port that is forwarded is there', () => {
    for (const { resourceName, port } of config.portForward ?? []) {
      const service = ofKind(overlay, 'Service').find(({ metadata }) => metadata.name === resourceName);
      expect(service?.spec.ports.map((given: { port: number }) => given.port)).toContain(port);
    }
  });
});

test('the script that makes the secrets is there', () => {
  expect(existsSync(join(root, 'infra', 'secrets.sh'))).toBe(true);
});

import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errors, sentences, services } from '@parley/common/contracts';
import { describe, expect, test } from 'vitest';
import { pageHeaders } from '../../platform/src/page.ts';
import { root } from './rendering.ts';

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const dockerfiles = ['Dockerfile', 'client/Dockerfile'];
/** The last stage is what runs. */
const runtime = (file: string) => read(file).slice(read(file).lastIndexOf('\nFROM '));

describe.each(dockerfiles)('%s', (file) => {
  test('stands on pinned bases', () => {
    const bases = Array.from(read(file).matchAll(/^ARG (?:NODE|BASE|NGINX)=(\S+)/gm), ([, base]) => base as string);
    expect(bases.length).toBe(2);
    for (const base of bases) expect(base).toMatch(/^[\w.-]+\.\w+\/[\w./-]+:(?!latest)[\w.-]+$/);
    const froms = Array.from(read(file).matchAll(/^FROM (\S+)(?: AS (\w+))?/gm), ([, from, stage]) => ({ from, stage }));
    const stages = new Set(froms.map(({ stage }) => stage));
    for (const { from } of froms) expect(/^\$\{(NODE|BASE|NGINX)\}$/.test(from ?? '') || stages.has(from)).toBe(true);
  });

  test('runs as nobody in particular, and says how it is', () => {
    expect(runtime(file)).toMatch(/^USER \d{2,}:\d{2,}$/m);
    expect(runtime(file)).toMatch(/^HEALTHCHECK /m);
    expect(runtime(file)).toMatch(/^ENTRYPOINT \[/m);
    expect(runtime(file)).not.toMatch(/^RUN /m);
  });

  test('knows every part of the workspace that it installs', () => {
    for (const manifest of Array.from(read(file).matchAll(/^COPY (\S+\/)package\.json /gm), ([, folder]) => `${folder}package.json`)) {
      expect(globSync(manifest, { cwd: root })).toEqual([manifest]);
    }
  });
});

test('the image of the services knows all of them', () => {
  for (const service of [...services, 'common']) expect(read('Dockerfile')).toContain(`COPY ${service}/package.json ${service}/`);
});

test('what is built from is sent along', () => {
  const sent = read('.dockerignore')
    .split('\n')
    .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
  const needed = ['package.json', 'package-lock.json', 'client/index.html', 'client/nginx.conf', ...globSync('client/*.ts', { cwd: root })];
  const files = sent.flatMap((pattern) => globSync(pattern, { cwd: root }));
  expect(needed.filter((file) => !files.includes(file))).toEqual([]);
  for (const service of services) {
    expect(sent).toContain(`${service}/src`);
    expect(sent.includes(`${service}/prisma`)).toBe(existsSync(join(root, service, 'prisma')));
  }
});

describe("the client's NGINX", () => {
  const configuration = read('client/nginx.conf');

  test('gives every answer the headers that the embedded platform gives', () => {
    const given = Object.fromEntries(
      Array.from(configuration.matchAll(/add_header (\S+) (?:"([^"]*)"|'([^']*)'|(\S+)) always;/g), ([, name = '', ...values]) => [
        name.toLowerCase(),
        values.find((value) => value !== undefined),
      ]),
    );
    expect(given).toEqual(pageHeaders);
  });

  test('calls files by the types that the embedded platform calls them by', () => {
    const types = /const types[^{]*\{([^}]*)\}/.exec(read('platform/src/page.ts'))?.[1] ?? '';
    const agreed = Array.from(types.matchAll(/'\.(\w+)': '([^';]+)/g), ([, ending, type]) => `${type} ${ending};`);
    expect(agreed.length).toBeGreaterThan(5);
    for (const line of agreed) expect(configuration).toContain(line);
  });

  test('keeps what never changes for a year, and asks for everything else again', () => {
    const { cache } = /'(?<cache>public, max-age=\d+, immutable)'/.exec(read('platform/src/page.ts'))?.groups ?? {};
    expect(configuration).toContain(`~^/assets/ '${cache}'`);
    expect(configuration).toContain('default no-cache;');
  });

  test('answers programs as the front door does', () => {
    const { status, retryable } = errors['not-found'];
    const problem = { type: 'urn:parley:error:not-found', title: sentences['not-found'], status, code: 'not-found', retryable };
    expect(configuration).toContain(`return 404 '${JSON.stringify(problem)}'`);
  });
});

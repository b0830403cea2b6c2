import { existsSync } from 'node:fs';
import { glob, readFile } from 'node:fs/promises';
import { basename, dirname, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type EventName, events, lastingQueues, type Service, services } from '@parley/common/contracts';
import { beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const packages = ['common', ...services, 'platform', 'client', 'scripts', 'tests'];

interface Source {
  /** From the root, with slashes. */
  readonly path: string;
  readonly text: string;
}
const sources: Source[] = [];

beforeAll(async () => {
  const exclude = (path: string) => /(^|[\\/])(node_modules|generated|dist)([\\/]|$)/.test(path);
  for await (const path of glob(`{${packages.join(',')}}/**/*.{ts,tsx}`, { cwd: root, exclude })) {
    const text = await readFile(`${root}${path}`, 'utf8');
    // Comments may speak of anything.
    sources.push({ path: path.split(sep).join('/'), text: text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '') });
  }
  expect(sources.length).toBeGreaterThan(200);
});

const within = (folder: string) => sources.filter(({ path }) => path.startsWith(`${folder}/`) && !path.endsWith('.test.ts'));
const importsOf = ({ text }: Source) =>
  [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, specifier]) => specifier as string);
/** Each as `file: what`, so that a failure says where. */
const found = (files: readonly Source[], wrong: (source: Source) => readonly string[]) =>
  files.flatMap((source) => wrong(source).map((what) => `${source.path}: ${what}`));

describe('names', () => {
  const drawers = new Set(
    `utils util helpers helper lib libs misc shared types constants interfaces models model dtos controllers repositories managers manager`.split(
      ' ',
    ),
  );
  test('no file and no folder is a drawer', () => {
    const parts = ({ path }: Source) => [...dirname(path).split('/'), basename(path).replace(/(\.\w+)+$/, '')];
    expect(found(sources, (source) => parts(source).filter((part) => drawers.has(part)))).toEqual([]);
  });
});

describe.each(services)('%s', (service) => {
  test('has the files that every service has', () => {
    const missing = ['README.md', 'package.json', 'src/main.ts', 'src/service.ts', 'src/config.ts'].filter(
      (file) => !existsSync(`${root}${service}/${file}`),
    );
    expect(missing).toEqual([]);
  });

  test('imports no other service, and reaches common only by its doors', () => {
    const wrong = (source: Source) =>
      importsOf(source).filter((specifier) => {
        const [, scoped] = /^@parley\/([\w-]+)/.exec(specifier) ?? [];
        if (scoped) return scoped !== 'common' && scoped !== service;
        return specifier.startsWith('.') && relative(`${root}${service}`, `${root}${dirname(source.path)}/${specifier}`).startsWith('..');
      });
    expect(found(within(service), wrong)).toEqual([]);
  });

  test('speaks of the events that it tells or hears, and of no other', () => {
    const text = within(`${service}/src`)
      .map((source) => source.text)
      .join('\n');
    const spoken = new Set(
      [...text.matchAll(/'([a-z]+\.[a-z-]+)'/g)]
        .map(([, name]) => name)
        .filter((name) => name !== undefined && Object.hasOwn(events, name)),
    );
    for (const [queue, kept] of Object.entries(lastingQueues))
      if (text.includes(`lastingQueues.${queue}`) || text.includes(`lastingQueues['${queue}']`)) for (const name of kept) spoken.add(name);
    // The doors of the sockets and the sessions hear the end of a session for whoever opens them.
    if (/\bopen(Sessions|Sockets)\b/.test(text)) spoken.add('session.ended');
    const agreed = Object.entries(events).filter(
      ([, { owner, hearers }]) => owner === service || (hearers as readonly Service[]).includes(service),
    );
    expect([...spoken].sort()).toEqual(agreed.map(([name]) => name).sort());
  });

  test('publishes no event of another', () => {
    const wrong = ({ text }: Source) =>
      [...text.matchAll(/publish(?:<[^>]*>)?\(\s*'([^']+)'/g)]
        .map(([, name]) => name as EventName)
        .filter((name) => events[name]?.owner !== service);
    expect(found(within(`${service}/src`), wrong)).toEqual([]);
  });
});

describe('boundaries', () => {
  test('contracts import zod and each other, so that they run in a browser', () => {
    const wrong = (source: Source) =>
      importsOf(source).filter((specifier) => !/^(\.{1,2}\/|zod$)/.test(specifier) || specifier.startsWith('../server'));
    expect(found(within('common/src/contracts'), wrong)).toEqual([]);
  });

  test('only config.ts reads the environment', () => {
    const readers = /\/config\.ts$|^common\/src\/server\/env\.ts$|^common\/src\/testing\//;
    const files = [...services, 'platform', 'common']
      .flatMap((folder) => within(`${folder}/src`))
      .filter(({ path }) => !readers.test(path));
    expect(found(files, ({ text }) => (text.includes('process.env') ? ['process.env'] : []))).toEqual([]);
  });

  test('nothing that ships imports what is for tests', () => {
    // The local cluster is itself a bench for tests.
    const files = [...services, 'platform']
      .flatMap((folder) => within(`${folder}/src`))
      .filter(({ path }) => !path.startsWith('platform/src/cluster/'));
    expect(
      found(files, (source) => importsOf(source).filter((specifier) => specifier === '@parley/common/testing' || specifier === 'vitest')),
    ).toEqual([]);
  });
});

test('every event has exactly one who tells it and at least one who hears it, and docs/architecture.md says the same', async () => {
  const text = await readFile(`${root}docs/architecture.md`, 'utf8');
  const rows = [...text.matchAll(/^\| `([\w.-]+)` \| ([\w-]+) \| ([\w, -]+?) *\|$/gm)].map(([, name, owner, hearers]) => ({
    name,
    owner,
    hearers: hearers?.split(', ').sort(),
  }));
  const contract = Object.entries(events).map(([name, { owner, hearers }]) => ({ name, owner, hearers: [...hearers].sort() }));
  for (const { hearers } of contract) expect(hearers.length).toBeGreaterThan(0);
  const byName = (one: { name?: string | undefined }, other: { name?: string | undefined }) =>
    String(one.name).localeCompare(String(other.name));
  expect(rows.sort(byName)).toEqual(contract.sort(byName));
});

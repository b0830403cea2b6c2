import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { closeCodes, services } from '@parley/common/contracts';
import { expect, test } from 'vitest';
import { paths } from '../platform/src/routing.ts';

const root = resolve(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const exclude = (path: string) => /(^|[\\/])(node_modules|generated|dist|\.cache|\.data)([\\/]|$)/.test(path);
const find = (pattern: string) => globSync(pattern, { cwd: root, exclude });

test('docs/protocol.md lists the close codes of the contracts', () => {
  const rows = read('docs/protocol.md').matchAll(/^\| `([a-z-]+)` \| (\d{4}) \| (no\b)?/gm);
  const told = Object.fromEntries(Array.from(rows, ([, name, code, never]) => [name, { code: Number(code), final: never !== undefined }]));
  expect(told).toEqual(closeCodes);
});

test('every rule that a test cites is in docs/protocol.md, and there once', () => {
  const rules = Array.from(read('docs/protocol.md').matchAll(/^- \*\*([A-Z]{2}\d+)\*\*/gm), ([, rule]) => rule as string);
  expect(rules).toEqual([...new Set(rules)]);
  const cited = find('**/*.test.ts').flatMap((path) => Array.from(read(path).matchAll(/\[([A-Z]{2}\d+)\]/g), ([, rule]) => rule as string));
  expect([...new Set(cited)].filter((rule) => !rules.includes(rule))).toEqual([]);
});

test.each(services)("the README of %s begins with the same five lines as every service's", (service) => {
  const firsts = read(`${service}/README.md`).match(/^- \*\*(\w+)\*\*/gm);
  expect(firsts?.slice(0, 5)).toEqual(['- **Owns**', '- **Answers**', '- **Hears**', '- **Publishes**', '- **Keeps**']);
});

test('no page links to what is not there', () => {
  const broken = find('**/*.md').flatMap((page) =>
    Array.from(read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g), ([, link]) => link as string)
      .filter((link) => !existsSync(join(root, dirname(page), link)))
      .map((link) => `${page}: ${link}`),
  );
  expect(broken).toEqual([]);
});

test('the edge leads to every service, and to no internal route', () => {
  expect(new Set(paths.map(({ service }) => service))).toEqual(new Set(services));
  expect(paths.filter(({ prefix }) => prefix.startsWith('/internal'))).toEqual([]);
});

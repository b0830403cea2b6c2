import { readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { expect, test } from 'vitest';
import { type Route, routes, services } from '../index.ts';
import { asyncApi } from './asyncapi.ts';
import { openApi } from './openapi.ts';

/** The official schemas, without their descriptions and examples. */
const specification = async (name: string) => JSON.parse(await readFile(new URL(`specifications/${name}.json`, import.meta.url), 'utf8'));
const options = { strict: false, allErrors: true, validateFormats: true } as const;

test.each([undefined, ...services])('the OpenAPI document of %s is valid OpenAPI 3.1', async (service) => {
  const ajv = new Ajv2020({ ...options, formats: { 'media-range': true } });
  formats.default(ajv);
  // Ajv takes the dynamic anchor of a part for one of the whole; without a dialect of our own both mean the same.
  const text = JSON.stringify(await specification('openapi-3.1')).replaceAll('"$dynamicRef":"#meta"', '"$ref":"#/$defs/schema"');
  const valid = ajv.compile(JSON.parse(text));
  expect([valid(openApi('1.0.0', service)), valid.errors]).toEqual([true, null]);
});

test('the AsyncAPI document is valid AsyncAPI 3.0', async () => {
  const ajv = new Ajv(options);
  formats.default(ajv);
  const valid = ajv.compile(await specification('asyncapi-3.0'));
  expect([valid(asyncApi('1.0.0')), valid.errors]).toEqual([true, null]);
});

test.each([
  ['OpenAPI', () => openApi('1.0.0')],
  ['AsyncAPI', () => asyncApi('1.0.0')],
])('every reference of the %s document leads somewhere, and its schemas can be used', (_, make) => {
  const document = make();
  const text = JSON.stringify(document);
  for (const [, path] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    const place = (path as string).split('/').reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], document);
    expect(place, path).toBeDefined();
  }
  const { schemas } = document.components as { schemas: Record<string, object> };
  const ajv = new Ajv2020({ strict: false });
  formats.default(ajv);
  ajv.addSchema({ $id: 'document', components: { schemas } });
  for (const name of Object.keys(schemas)) expect(() => ajv.compile({ $ref: `document#/components/schemas/${name}` }), name).not.toThrow();
});

test('no internal route is in what the world is told', () => {
  const text = JSON.stringify(openApi('1.0.0'));
  expect(text).not.toContain('/internal/');
  const outside = Object.entries<Route>(routes).filter(([, { access }]) => access !== 'internal');
  for (const [name] of outside) expect(text).toContain(`"operationId":"${name}"`);
});

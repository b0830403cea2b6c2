import type { ServerResponse } from 'node:http';
import type { Express } from 'express';
import manifest from '../../package.json' with { type: 'json' };
import { asyncApi } from '../contracts/documents/asyncapi.ts';
import { openApi } from '../contracts/documents/openapi.ts';
import { type Service, services } from '../contracts/index.ts';

const makers: Readonly<Record<string, () => object>> = {
  '/api/openapi.json': () => openApi(manifest.version),
  '/api/asyncapi.json': () => asyncApi(manifest.version),
  ...Object.fromEntries(services.map((service: Service) => [`/api/${service}/openapi.json`, () => openApi(manifest.version, service)])),
};
const made = new Map<string, Buffer>();

/** The contracts as documents for other tools, by the path that they are served under; made when first asked for. */
function documentAt(path: string): Buffer | undefined {
  const known = made.get(path);
  const maker = Object.hasOwn(makers, path) ? makers[path] : undefined;
  if (known || !maker) return known;
  const document = Buffer.from(JSON.stringify(maker()));
  made.set(path, document);
  return document;
}

/** Answers with the document of this path, if there is one. */
export function answerDocument(path: string, response: ServerResponse): boolean {
  const document = documentAt(path);
  if (!document) return false;
  response.setHeader('content-type', 'application/json');
  response.setHeader('cache-control', 'public, max-age=300');
  response.setHeader('x-content-type-options', 'nosniff');
  response.end(document);
  return true;
}

/** Before the routes, whose parameters would match these paths as well. */
export function answerDocuments(app: Express): void {
  app.get(Object.keys(makers), ({ path }, response) => void answerDocument(path, response));
}

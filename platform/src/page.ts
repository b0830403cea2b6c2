import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';

/** Where the client's build is put (scripts/prepare). */
export const BUILT = join(import.meta.dirname, '..', '..', 'client', 'dist');

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};

/** Files of our own alone, nothing inline: what somebody writes in a message can't become a part of the page. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "font-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  // No text becomes a script; the one address that does (client/src/app/upgrade.ts) is the service worker's.
  "require-trusted-types-for 'script'",
  'trusted-types parley',
].join('; ');

export const pageHeaders = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
} as const;

interface File {
  readonly type: string;
  readonly cache: string;
  readonly plain: Buffer;
  readonly gzip: Buffer | undefined;
  readonly brotli: Buffer | undefined;
}

export type Page = (request: IncomingMessage, response: ServerResponse, path: string) => boolean;

/**
 * The built client, held in memory: a build that is made meanwhile is taken at the next start, as a whole. Every path that names
 * no file is one of the client's own, so it is answered with its page. False: there is nothing to answer with.
 */
export function openPage(folder: string = BUILT): Page {
  const files = readFiles(folder);
  return (request, response, path) => {
    const file = files.get(path) ?? (extname(path) === '' ? files.get('/index.html') : undefined);
    if (file) answer(request, response, file);
    return file !== undefined;
  };
}

function readFiles(folder: string): Map<string, File> {
  const files = new Map<string, File>();
  if (!existsSync(folder)) return files;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const type = types[extname(entry.name)];
    if (!entry.isFile() || !type) continue;
    const path = join(entry.parentPath, entry.name);
    const compressed = (ending: string) => (existsSync(path + ending) ? readFileSync(path + ending) : undefined);
    const name = `/${relative(folder, path).split(sep).join('/')}`;
    // What has its content in its name never changes; everything else is asked for again.
    const cache = name.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
    files.set(name, { type, cache, plain: readFileSync(path), gzip: compressed('.gz'), brotli: compressed('.br') });
  }
  return files;
}

function answer({ method, headers }: IncomingMessage, response: ServerResponse, file: File) {
  const { encoding, body } = encoded(file, String(headers['accept-encoding'] ?? ''));
  response.writeHead(200, {
    ...pageHeaders,
    'content-type': file.type,
    'cache-control': file.cache,
    'content-length': body.length,
    vary: 'accept-encoding',
    ...(encoding && { 'content-encoding': encoding }),
  });
  response.end(method === 'HEAD' ? undefined : body);
}

function encoded({ plain, gzip, brotli }: File, accepted: string): { encoding?: string; body: Buffer } {
  const takes = (name: string) => accepted.split(',').some((one) => one.trim().split(';')[0] === name && !/;\s*q=0(\.0+)?\s*$/.test(one));
  if (brotli && takes('br')) return { encoding: 'br', body: brotli };
  if (gzip && takes('gzip')) return { encoding: 'gzip', body: gzip };
  return { body: plain };
}

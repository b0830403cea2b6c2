import { gzipSync } from 'node:zlib';
import { type Route, routes } from '@parley/common/contracts';
import { z } from 'zod';
import type { Random } from '../chaos/random.ts';
import { manyTimes } from './frames.ts';
import { strings } from './oddities.ts';
import { Fields, type Tree, textOf } from './tree.ts';
import { createValues, type Shape } from './values.ts';
import { spoil, spoilBytes } from './wrong.ts';

/** One HTTP request that is HTTP, whatever it asks for. */
export interface RequestInput {
  readonly via: 'request';
  readonly kind: string;
  readonly route: Route;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
  /** Whether the cookies of a person go with it. */
  readonly signedIn: boolean;
}

const shapes = new Map<Route, Shape>(
  Object.values<Route>(routes).map((route) => [route, z.toJSONSchema(route.input, { io: 'input', unrepresentable: 'any' }) as Shape]),
);
const all = [...shapes.keys()];
/** Hashing a password costs what it is to cost: these come seldom, so that the others come often. */
const costly = new Set<Route>([routes.signUp, routes.signIn, routes.changePassword, routes.deleteAccount, routes.resetPassword]);
/** What ends the session of whoever asks is asked seldom too. */
const ending = new Set<Route>([routes.signOut, routes.revokeOtherSessions, routes.revokeSession, routes.refresh]);

const bomb = gzipSync(Buffer.alloc(8 * 1024 * 1024, ' '));
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'PURGE'];

export function requestInput(random: Random, people: readonly string[]): RequestInput {
  const route = pickRoute(random);
  const value = createValues(random, people);
  const right = value(shapes.get(route) ?? {});
  const asked = (kind: string, input: Tree, more: Partial<RequestInput> = {}): RequestInput => ({
    via: 'request',
    kind: `request: ${kind}`,
    route,
    signedIn: random.chance(0.9),
    ...written(route, input, random),
    ...more,
  });
  const choice = random.next();
  if (choice < 0.2) return asked('as it should be', right);
  if (choice < 0.55) return asked('one thing wrong', spoil(right, random));
  if (choice < 0.65) return asked('several things wrong', manyTimes(right, random));
  const request = asked('', right);
  if (choice < 0.72) return { ...request, kind: 'request: an odd path', path: oddPath(request.path, random) };
  if (choice < 0.8) return { ...request, kind: 'request: an odd header', headers: { ...request.headers, ...oddHeader(random) } };
  if (choice < 0.84) return { ...request, kind: 'request: another method', method: random.pick(METHODS) };
  if (choice < 0.96) {
    const body = spoilBytes(textOf(right), random);
    return { ...request, kind: 'request: a body that is no JSON', method: methodWithBody(route), body, headers: json };
  }
  return {
    ...request,
    kind: 'request: a body of another size or packing',
    method: methodWithBody(route),
    ...oddBody(random, textOf(right)),
  };
}

const json = { 'content-type': 'application/json' };
const methodWithBody = ({ method }: Route) => (method === 'get' ? 'POST' : method.toUpperCase());

function pickRoute(random: Random): Route {
  const route = random.pick(all);
  const seldom = costly.has(route) ? 0.08 : ending.has(route) ? 0.15 : 1;
  return random.chance(seldom) ? route : pickRoute(random);
}

/** Parameters into the path, the rest into the query or the body, whatever became of them. */
function written(route: Route, input: Tree, random: Random): Pick<RequestInput, 'method' | 'path' | 'headers' | 'body'> {
  const fields = input instanceof Fields ? input.entries : [];
  const inPath = new Set(Array.from(route.path.matchAll(/:(\w+)/g), ([, name]) => name as string));
  const path = route.path.replace(/:(\w+)/g, (_, name: string) => encoded(plain(fields.find(([key]) => key === name)?.[1] ?? '-')));
  const rest = fields.filter(([key]) => !inPath.has(key));
  const method = route.method.toUpperCase();
  if (route.method === 'get') {
    const query = rest.map(([key, value]) => `${encoded(key)}=${encoded(plain(value))}`).join('&');
    return { method, path: `${path}${query === '' ? '' : `?${query}`}`.slice(0, 12_000), headers: {}, body: undefined };
  }
  if (route.upload) return { method, path, headers: { 'content-type': random.pick(route.upload.mediaTypes) }, body: picture(random) };
  const body = Buffer.from(textOf(input instanceof Fields ? new Fields(rest) : input));
  return { method, path, headers: json, body: rest.length === 0 && input instanceof Fields && random.chance(0.7) ? undefined : body };
}

const plain = (value: Tree) => (typeof value === 'string' ? value : textOf(value));
const encoded = (text: string) =>
  Array.from(Buffer.from(text), (byte) =>
    /[\w.~-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`,
  ).join('');

function oddPath(path: string, random: Random): string {
  return random.pick([
    `${path}?__proto__=1&constructor[prototype]=2&a[]=3`,
    `${path}?limit=1&limit=2&after=x&after=y`,
    `${path}/`,
    `${path}%00`,
    `${path}%`,
    `${path}%c3%28`,
    `${path}?${'q=x&'.repeat(2_000)}`,
    path.toUpperCase(),
    path.replaceAll('/', '//'),
    path.replace('/api', '/api/../api'),
    path.replace('/api', '/%61pi'),
    path.replace('/api', '/internal'),
    path.replace('/api', '/..;/api'),
    `/assets/..%2f..%2f..%2fetc%2fpasswd`,
    `/assets/${encoded(random.pick(strings))}`,
    `/${encoded(random.pick(strings))}`,
    `/ws/chat?${encoded(random.pick(strings))}`,
    `/health/ready/${encoded(random.pick(strings))}`,
    `http://elsewhere.test${path}`,
    `//elsewhere.test${path}`,
  ]);
}

function oddHeader(random: Random): Record<string, string> {
  const odd = () =>
    Buffer.from(random.pick(strings))
      .toString('latin1')
      .replace(/\p{Cc}/gu, '?');
  return random.pick<() => Record<string, string>>([
    () => ({ origin: random.pick(['null', 'https://evil.test', '', odd()]) }),
    () => ({ cookie: `parley_access=${encoded(odd())}; parley_refresh=${encoded(odd())}` }),
    () => ({ cookie: `${'a=b; '.repeat(1_000)}parley_access=x.y.z` }),
    () => ({ cookie: 'parley_access=j:{"a":1}; parley_access=%E0%A4%A' }),
    () => ({
      cookie: `parley_access=${['{"alg":"none"}', '{"sub":"x"}', ''].map((part) => Buffer.from(part).toString('base64url')).join('.')}`,
    }),
    () => ({
      'content-type': random.pick(['text/plain', 'application/json; charset=utf-7', 'application/json; charset=x', 'a', ';', odd()]),
    }),
    () => ({ 'content-encoding': random.pick(['gzip', 'br', 'deflate', 'zstd', 'x', 'gzip, gzip', odd()]) }),
    () => ({ 'parley-user': odd() }),
    () => ({ 'x-forwarded-for': Array(300).fill('10.0.0.1').join(', '), 'x-request-id': odd() }),
    () => ({ 'if-none-match': odd(), 'if-modified-since': odd(), range: random.pick(['bytes=0-', 'bytes=-1', 'bytes=9-1,1-9', odd()]) }),
    () => ({ expect: random.pick(['100-continue', 'x']) }),
    () => ({ accept: odd(), 'accept-language': odd(), 'accept-encoding': odd(), 'user-agent': odd() }),
    () => ({ connection: 'upgrade', upgrade: random.pick(['h2c', 'websocket', 'TLS/1.0']) }),
    () => ({ host: random.pick(['', 'elsewhere.test', '[::1', 'a b', odd()]) }),
  ])();
}

function oddBody(random: Random, text: string): Pick<RequestInput, 'headers' | 'body'> {
  return random.pick<() => Pick<RequestInput, 'headers' | 'body'>>([
    () => ({ headers: { ...json, 'content-encoding': 'gzip' }, body: bomb }),
    () => ({ headers: { ...json, 'content-encoding': 'gzip' }, body: bomb.subarray(0, 500) }),
    () => ({ headers: { ...json, 'content-encoding': 'gzip' }, body: gzipSync(text) }),
    () => ({ headers: json, body: Buffer.from(`${text}${' '.repeat(70_000)}`) }),
    () => ({ headers: json, body: Buffer.from(`${'['.repeat(30_000)}${']'.repeat(30_000)}`) }),
    () => ({ headers: { 'content-type': 'application/json; charset=utf-16' }, body: Buffer.from(text, 'utf16le') }),
    () => ({ headers: { 'content-type': 'application/json; charset=utf-32' }, body: Buffer.from(text) }),
    () => ({ headers: { ...json, 'transfer-encoding': 'chunked' }, body: Buffer.from(text) }),
    () => ({ headers: { 'content-type': 'image/png' }, body: picture(random) }),
  ])();
}

/** The beginnings of pictures, and what may follow. */
function picture(random: Random): Buffer {
  const head = random.pick([
    [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    [0xff, 0xd8, 0xff, 0xe0],
    [0x52, 0x49, 0x46, 0x46, 0, 0, 0, 0, 0x57, 0x45, 0x42, 0x50],
    [],
  ]);
  const length = random.pick([0, 10, 200, 3_000, 140_000]);
  return Buffer.concat([Buffer.from(head), Buffer.alloc(length, random.below(256))]);
}

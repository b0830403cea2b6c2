import { once } from 'node:events';
import { connect } from 'node:net';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { ParleyError, type Route } from '../contracts/index.ts';
import { fetchTestKeys, Refused, signedIn, TEST_ORIGIN, testClock, testLog, visitor } from '../testing/index.ts';
import { createHttp, createLog, createSessions, readBytes, serve } from './index.ts';

const base = { service: 'users', access: 'public', summary: '', output: null, errors: [] } as const;
const routes = {
  greet: {
    ...base,
    method: 'get',
    path: '/api/things/greet/:name',
    input: z.object({ name: z.string(), times: z.coerce.number().int().default(1) }),
    output: z.object({ text: z.string() }),
  },
  keep: {
    ...base,
    method: 'post',
    path: '/api/things',
    access: 'session',
    status: 201,
    input: z.object({ size: z.int().max(9) }),
    output: z.object({ keptBy: z.string() }),
  },
  drop: { ...base, method: 'delete', path: '/api/things/:thing', input: z.object({ thing: z.uuid() }) },
  picture: {
    ...base,
    method: 'put',
    path: '/api/things/picture',
    input: z.object({}),
    upload: { mediaTypes: ['image/png'], bytes: 1_000 },
    output: z.object({ bytes: z.int() }),
  },
  fail: { ...base, method: 'post', path: '/api/things/fail', input: z.object({}) },
  busy: { ...base, method: 'get', path: '/api/things/busy', input: z.object({}) },
} as const satisfies Record<string, Route>;

const metrics = new Registry();
const stack = new AsyncDisposableStack();
let url: string;
beforeAll(async () => {
  const sessions = createSessions({ clock: testClock(Date.now()), fetchKeys: fetchTestKeys });
  const http = createHttp({
    log: testLog,
    allowedOrigins: [TEST_ORIGIN],
    trustedProxies: [],
    authenticate: sessions.authenticate,
    metrics,
  });
  http.answer(routes.greet, ({ name, times }) => ({ text: `hello ${name}`.repeat(times), passwordHash: 'never' }));
  http.answer(routes.keep, (_, { caller }) => ({ keptBy: caller.userId }));
  http.answer(routes.drop, () => {});
  http.answer(routes.picture, async (_, { request }) => ({ bytes: (await readBytes(request, 1_000)).length }));
  http.answer(routes.fail, () => {
    throw new Error('the secret of the house');
  });
  http.answer(routes.busy, () => {
    throw new ParleyError('unavailable', { retryAfter: 1.2 });
  });
  ({ url } = stack.use(
    await serve({ http: http.finish(), ready: () => true, async [Symbol.asyncDispose]() {} }, { port: 0, host: '127.0.0.1' }),
  ));
});
afterAll(() => stack.disposeAsync());

const json = { 'content-type': 'application/json' };
const problemOf = async (response: Response) => ({
  status: response.status,
  ...((await response.json()) as { code: string; details?: unknown[] }),
});
const post = async (path: string, body: string, headers: Record<string, string> = json) =>
  problemOf(await visitor(url, signedIn()).fetch(path, { method: 'POST', headers, body }));

test('input is taken from path and query, and only what the contract names is answered', async () => {
  expect(await visitor(url).call(routes.greet, { name: 'Ada & Bob/äöü', times: 2 })).toEqual({ text: 'hello Ada & Bob/äöü'.repeat(2) });
});

test('a session is due where the route says so', async () => {
  const alice = signedIn();
  expect(await visitor(url, alice).call(routes.keep, { size: 1 })).toEqual({ keptBy: alice.userId });
  await expect(visitor(url).call(routes.keep, { size: 1 })).rejects.toMatchObject({ code: 'signed-out', status: 401 });
});

test('bad input is answered with a stable code and the names of the fields, never with what was sent', async () => {
  const refusal = await visitor(url, signedIn())
    .call(routes.keep, { size: 4711 })
    .catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(Refused);
  expect(refusal).toMatchObject({ code: 'invalid-input', details: [{ field: 'size' }] });
  expect(JSON.stringify(refusal)).not.toContain('4711');
});

test.each([
  ['broken JSON', '{"size": 1', 400, 'malformed-body'],
  ['no object', '[1]', 400, 'malformed-body'],
  ['a bare word', '"size"', 400, 'malformed-body'],
  ['null', 'null', 400, 'malformed-body'],
  ['nesting without end', '['.repeat(60_000), 400, 'malformed-body'],
  ['deep nesting in a field', `{"size":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, 400, 'malformed-body'],
  ['deep nesting that says how long it is', `{"name":{"length":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`, 400, 'malformed-body'],
  ['a prototype', '{"__proto__":{"size":1}}', 400, 'invalid-input'],
  ['a body beyond the limit', `{"size":"${'x'.repeat(70_000)}"}`, 413, 'too-large'],
])('%s is refused', async (_, body, status, code) => {
  expect(await post('/api/things', body)).toMatchObject({ status, code });
});

test('what is JSON and no object is refused for that, and not for being no JSON', async () => {
  for (const body of ['[]', 'null', '1'])
    expect(await post('/api/things', body)).toMatchObject({ title: 'The body is JSON, but not an object.' });
  expect(await post('/api/things', '{')).toMatchObject({ title: 'The body is not valid JSON.' });
});

test('a body that is not JSON is refused by its type, before it is read', async () => {
  expect(await post('/api/things', 'size=1', { 'content-type': 'text/plain' })).toMatchObject({ status: 415, code: 'unsupported-media' });
  expect(await post('/api/things', '{"size":1}', { ...json, 'content-encoding': 'zip' })).toMatchObject({ status: 415 });
});

test('a body that is not packed as it says is malformed', async () => {
  for (const encoding of ['gzip', 'deflate', 'br']) {
    const refused = await post('/api/things', '{"size":1}', { ...json, 'content-encoding': encoding });
    expect(refused).toMatchObject({ status: 400, code: 'malformed-body' });
  }
});

test('a write from a foreign page is refused, also one that hides where it comes from but bears cookies', async () => {
  const alice = signedIn();
  for (const origin of ['https://evil.test', `${TEST_ORIGIN}.evil.test`, 'null', TEST_ORIGIN.toUpperCase()]) {
    await expect(visitor(url, { ...alice, origin }).call(routes.keep, { size: 1 })).rejects.toMatchObject({ code: 'origin-refused' });
  }
  await expect(visitor(url, { ...alice, origin: null }).call(routes.keep, { size: 1 })).rejects.toMatchObject({ code: 'origin-refused' });
  await visitor(url, { ...alice, origin: null }).call(routes.greet, { name: 'reader', times: 1 });
  await visitor(url, { origin: null }).call(routes.drop, { thing: crypto.randomUUID() });
});

test('bytes are taken as they come, up to their limit', async () => {
  const put = (length: number) =>
    visitor(url).fetch(routes.picture.path, { method: 'PUT', headers: { 'content-type': 'image/png' }, body: new Uint8Array(length) });
  expect(await (await put(1_000)).json()).toEqual({ bytes: 1_000 });
  expect(await problemOf(await put(1_001))).toMatchObject({ status: 413, code: 'too-large' });
  expect(await problemOf(await chunked(100_000))).toMatchObject({ status: 413, code: 'too-large' });
});

const chunked = (length: number) => {
  const body = new Response(new Uint8Array(length)).body;
  return visitor(url).fetch(routes.picture.path, {
    method: 'PUT',
    headers: { 'content-type': 'image/png' },
    body,
    duplex: 'half',
  } as RequestInit);
};

test('a fault of our own says nothing about itself', async () => {
  const response = await visitor(url).fetch(routes.fail.path, { method: 'POST' });
  const text = await response.text();
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(JSON.parse(text)).toMatchObject({
    status: 500,
    code: 'internal',
    retryable: true,
    requestId: response.headers.get('x-request-id'),
  });
  expect(text).not.toContain('secret');
});

test('what can be tried again says when', async () => {
  const response = await visitor(url).fetch(routes.busy.path);
  expect(response.headers.get('retry-after')).toBe('2');
  expect(await problemOf(response)).toMatchObject({ status: 503, code: 'unavailable', retryAfter: 1.2 });
});

test('an unknown path, a method that is not taken and a malformed path are told apart', async () => {
  expect(await problemOf(await visitor(url).fetch('/api/nothing'))).toMatchObject({ status: 404, code: 'not-found' });
  const put = await visitor(url).fetch('/api/things', { method: 'PUT' });
  expect([put.status, put.headers.get('allow')]).toEqual([405, 'POST']);
  expect(await problemOf(await visitor(url).fetch('/api/things/greet/%E0%A4%A'))).toMatchObject({ status: 400, code: 'invalid-input' });
  expect((await visitor(url).fetch('/api/things/greet/Ada', { method: 'HEAD' })).status).toBe(200);
});

test('every answer forbids guessing its type, framing and keeping it', async () => {
  const { headers } = await visitor(url).fetch('/api/things/greet/Ada');
  expect(Object.fromEntries(headers)).toMatchObject({
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  });
  expect(headers.has('x-powered-by')).toBe(false);
});

test('without trusted proxies nobody can choose their address or request id', async () => {
  const given = { 'x-request-id': 'chosen-by-client', 'x-forwarded-for': '10.9.8.7' };
  const response = await visitor(url).fetch('/api/things/greet/Ada', { headers: given });
  expect(response.headers.get('x-request-id')).not.toBe('chosen-by-client');
});

test('a request id and an address are believed when they come from a proxy that is trusted', async () => {
  const listening = async (trustedProxies: readonly string[]) => {
    const http = createHttp({ log: testLog, allowedOrigins: [], trustedProxies, authenticate: () => Promise.reject(new Error('nobody')) });
    http.answer(routes.greet, (_, { request }) => ({ text: String(request.ip) }));
    return serve({ http: http.finish(), ready: () => true, async [Symbol.asyncDispose]() {} }, { port: 0, host: '127.0.0.1' });
  };
  const given = { 'x-request-id': 'given-by-proxy', 'x-forwarded-for': '10.9.8.7' };
  const ask = async (address: string) => {
    const response = await visitor(address).fetch('/api/things/greet/Ada', { headers: given });
    return [response.headers.get('x-request-id') === 'given-by-proxy', ((await response.json()) as { text: string }).text];
  };
  await using trusted = await listening(['127.0.0.1']);
  await using foreign = await listening(['192.0.2.1']);
  expect(await ask(trusted.url)).toEqual([true, '10.9.8.7']);
  expect(await ask(foreign.url)).toEqual([false, '127.0.0.1']);
});

test('an address that is not believed is warned of once, so that a forgotten proxy shows', async () => {
  const written: string[] = [];
  const log = createLog('test', 'info', { destination: { write: (line) => void written.push(line) } });
  const http = createHttp({ log, allowedOrigins: [], trustedProxies: [], authenticate: () => Promise.reject(new Error('nobody')) });
  http.answer(routes.greet, () => ({ text: '' }));
  await using listening = await serve(
    { http: http.finish(), ready: () => true, async [Symbol.asyncDispose]() {} },
    { port: 0, host: '127.0.0.1' },
  );
  const ask = (headers: Record<string, string>) => visitor(listening.url).fetch('/api/things/greet/Ada', { headers });
  await ask({});
  expect(written).toEqual([]);
  for (const address of ['10.9.8.7', '10.9.8.6']) await ask({ 'x-forwarded-for': address });
  expect(written).toEqual([expect.stringMatching(/"peer":"127\.0\.0\.1".*TRUSTED_PROXIES/)]);
});

test('requests are measured by the template of their route, whatever paths a client invents', async () => {
  await visitor(url).fetch('/api/invented/by/somebody');
  const text = await metrics.metrics();
  expect(text).toContain('parley_http_request_seconds_count{service="users",route="/api/things/greet/:name",method="GET",status="2xx"}');
  expect(text).toContain('route="none",method="any",status="4xx"');
  expect(text).not.toContain('invented');
});

test('the contracts are served as documents', async () => {
  for (const path of ['/api/openapi.json', '/api/users/openapi.json', '/api/asyncapi.json']) {
    const document = await (await visitor(url).fetch(path)).json();
    expect(document).toMatchObject({ info: { version: expect.stringMatching(/^\d/) } });
  }
});

test('what is not HTTP is refused, and the server goes on', async () => {
  const { port } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.end('nonsense\r\n\r\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toContain('400 Bad Request');
  expect((await visitor(url).fetch('/api/things/greet/Ada')).status).toBe(200);
});

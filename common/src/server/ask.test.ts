import type { RequestListener } from 'node:http';
import { expect, test } from 'vitest';
import { authRoutes, messageRoutes, uuidv7 } from '../contracts/index.ts';
import { freePort } from '../testing/index.ts';
import { askOver } from './ask.ts';
import { serve } from './serve.ts';

const serving = (http: RequestListener) =>
  serve({ http, ready: () => true, async [Symbol.asyncDispose]() {} }, { port: 0, host: '127.0.0.1' });
const sessionIds = [uuidv7()];

test('a service is asked by the contract of its route', async () => {
  await using auth = await serving(async (request, response) => {
    const given = JSON.parse((await Array.fromAsync(request)).join(''));
    expect([request.method, request.url, request.headers['content-type']]).toEqual([
      'POST',
      '/internal/auth/sessions/check',
      'application/json',
    ]);
    response.end(JSON.stringify({ ended: given.sessionIds, unknown: 1 }));
  });
  expect(await askOver(() => auth.url)(authRoutes.checkSessions, { sessionIds })).toEqual({ ended: sessionIds });
});

test('parameters go into the path, and the rest of a read into its query', async () => {
  let asked = '';
  await using messages = await serving((request, response) => {
    asked = `${request.method} ${request.url}`;
    response
      .writeHead(404, { 'content-type': 'application/problem+json' })
      .end(JSON.stringify({ code: 'person-not-found', title: 'x', details: [] }));
  });
  const ask = askOver(() => messages.url);
  const peerId = uuidv7();
  await expect(ask(messageRoutes.history, { peerId, before: 7, limit: 20 })).rejects.toMatchObject({ code: 'person-not-found' });
  expect(asked).toBe(`GET /api/messages/conversations/${peerId}/messages?before=7&limit=20`);
});

test('who is not there, says nonsense or was never named is away', async () => {
  await using nonsense = await serving((_request, response) => void response.writeHead(502).end('<html>'));
  const port = await freePort();
  for (const base of [nonsense.url, `http://127.0.0.1:${port}`, undefined]) {
    await expect(askOver(() => base)(authRoutes.checkSessions, { sessionIds })).rejects.toMatchObject({ code: 'unavailable' });
  }
});

test('an answer that is not what its contract says is not passed on', async () => {
  await using auth = await serving((_request, response) => void response.end('{"ended":"all"}'));
  await expect(askOver(() => auth.url)(authRoutes.checkSessions, { sessionIds })).rejects.toThrow();
});

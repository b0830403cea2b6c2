import { createHttp, createLog, type Service, serve } from '@parley/common/server';
import { expect, test } from 'vitest';
import { openFrontDoor } from './front-door.ts';
import { Running } from './running.ts';

const nothing = { async [Symbol.asyncDispose]() {} };
const listening = (service: Pick<Service, 'http'>) => serve({ ready: () => true, ...nothing, ...service }, { port: 0, host: '127.0.0.1' });

test('the contracts are the same documents, kept as long, whoever is asked for them', async () => {
  await using door = await listening(openFrontDoor(new Running(), nothing));
  const http = createHttp({
    log: createLog('test', 'silent'),
    allowedOrigins: [],
    trustedProxies: [],
    authenticate: () => Promise.reject(new Error('nobody')),
  });
  await using service = await listening({ http: http.finish() });
  for (const path of ['/api/openapi.json', '/api/asyncapi.json']) {
    const [here, there] = await Promise.all([door, service].map(({ url }) => fetch(`${url}${path}`)));
    expect(here?.headers.get('cache-control')).toMatch(/max-age/);
    expect(here?.headers.get('cache-control')).toBe(there?.headers.get('cache-control'));
    expect(here?.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await here?.text()).toBe(await there?.text());
  }
});

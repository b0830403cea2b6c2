import { request } from 'node:http';
import { closeCodes, uuidv7 } from '@parley/common/contracts';
import { signedIn, TEST_ORIGIN, testPlatform } from '@parley/common/testing';
import { expect, test } from 'vitest';
import { startSocketHandler } from '../src/service.ts';
import { connect, knock } from './client.ts';
import { config, startPod } from './pods.ts';

const close = (reason: keyof typeof closeCodes) => ({ code: closeCodes[reason].code, reason });
const status = (code: number) => `Unexpected server response: ${code}`;

test('a page of another origin, or of none, gets no socket', async () => {
  await using platform = testPlatform();
  const { url } = await startPod(platform);
  const { cookie } = signedIn();
  for (const origin of ['https://evil.test', `${TEST_ORIGIN}.evil.test`, TEST_ORIGIN.replace('https', 'http'), 'null', null]) {
    await expect(knock(url, { cookie, origin })).rejects.toThrow(status(403));
  }
});

test('another path is not there, with or without a query the right one is', async () => {
  await using platform = testPlatform();
  const { url } = await startPod(platform);
  await expect(knock(`${url}/x`, signedIn())).rejects.toThrow(status(404));
  await using client = await connect(url, signedIn());
  expect(client.socket.protocol).toBe('parley.1');
});

test('without a valid token the client is told to get the next one', async () => {
  await using platform = testPlatform();
  const { url } = await startPod(platform);
  const { token } = signedIn();
  const others = [undefined, 'parley_access=', 'parley_access=garbage', `parley_access=${token}x`, signedIn({ seconds: -1 }).cookie];
  for (const cookie of others) {
    const client = await knock(url, cookie === undefined ? {} : { cookie });
    expect(await client.closed).toEqual(close('token-expired'));
    expect(client.frames).toEqual([]);
  }
});

test('an outdated client is told to reload, one that is newer than this pod to come back', async () => {
  await using platform = testPlatform();
  const { url } = await startPod(platform);
  const { cookie } = signedIn();
  for (const protocols of [[], ['chat'], ['parley.0']]) {
    expect(await (await knock(url, { cookie, protocols })).closed).toEqual(close('outdated-client'));
  }
  expect(await (await knock(url, { cookie, protocols: ['parley.999'] })).closed).toEqual(close('try-later'));
  await using both = await knock(url, { cookie, protocols: ['parley.999', 'parley.1'] });
  expect(both.socket.protocol).toBe('parley.1');
  expect(await both.see('hello')).toMatchObject({ protocol: 1 });
});

test('hello says who one is, what time it is and how long silence may last', async () => {
  await using platform = testPlatform();
  const { url } = await startPod(platform);
  const alice = signedIn();
  await using client = await connect(url, alice);
  expect(client.frames).toEqual([
    {
      type: 'hello',
      protocol: 1,
      userId: alice.userId,
      sessionId: alice.sessionId,
      serverTime: expect.stringMatching(/Z$/),
      heartbeat: 40,
    },
  ]);
});

test('what a device says before it is greeted is taken after', async () => {
  await using platform = testPlatform();
  const { url } = await startPod(platform);
  await using client = await knock(url, signedIn());
  client.say({ type: 'ping' });
  await client.see('pong');
  expect(client.frames.map(({ type }) => type)).toEqual(['hello', 'pong']);
});

test('a session, an address and a pod have only so many sockets', async () => {
  await using platform = testPlatform();
  const perSession = await startPod(platform, { socketsPerSession: 2 });
  const alice = signedIn();
  await using _one = await connect(perSession.url, alice);
  await using two = await connect(perSession.url, alice);
  expect(await (await knock(perSession.url, alice)).closed).toEqual(close('try-later'));
  await using _elsewhere = await connect(perSession.url, signedIn({ userId: alice.userId }));
  two.socket.close();
  await two.closed;
  await using _again = await connect(perSession.url, alice);

  const perAddress = await startPod(platform, { socketsPerAddress: 1 });
  await using _only = await connect(perAddress.url, signedIn());
  await expect(knock(perAddress.url, signedIn())).rejects.toThrow(status(429));

  const perPod = await startPod(platform, { socketsPerPod: 1 });
  await using _sole = await connect(perPod.url, signedIn());
  await expect(knock(perPod.url, signedIn())).rejects.toThrow(status(503));
});

test('addresses that a client names are believed only from trusted proxies', async () => {
  await using platform = testPlatform();
  const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
  const untrusting = await startPod(platform, { socketsPerAddress: 1 });
  await using _one = await connect(untrusting.url, signedIn(), from('192.0.2.1'));
  await expect(knock(untrusting.url, { ...signedIn(), ...from('192.0.2.2') })).rejects.toThrow(status(429));

  const trusting = await platform.start('socket-handler', startSocketHandler, {
    ...config({ socketsPerAddress: 1 }),
    trustedProxies: ['127.0.0.1'],
  });
  await using _near = await connect(trusting.url, signedIn(), from('192.0.2.1'));
  await using _far = await connect(trusting.url, signedIn(), from('192.0.2.2'));
  await expect(knock(trusting.url, { ...signedIn(), ...from('203.0.113.9, 192.0.2.2') })).rejects.toThrow(status(429));
});

test('in a storm of returning clients those past the rate are told when to come back', async () => {
  await using platform = testPlatform();
  const { url } = await startPod(platform, { handshakes: { burst: 1, perSecond: 0.001 } });
  await using _first = await connect(url, signedIn());
  const { statusCode, headers } = await upgrade(url, signedIn().cookie);
  expect(statusCode).toBe(503);
  expect(headers['retry-after']).toBeDefined();
});

const upgrade = (url: string, cookie: string) =>
  new Promise<{ statusCode: number | undefined; headers: NodeJS.Dict<string | string[]> }>((resolve, reject) => {
    const headers = {
      cookie,
      origin: TEST_ORIGIN,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': Buffer.from(uuidv7().slice(0, 16)).toString('base64'),
    };
    request(`${url}/ws/chat`, { headers }).once('response', resolve).once('error', reject).end();
  });

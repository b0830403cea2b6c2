import { openRedisRegistry } from '@parley/common/registry';
import { serve } from '@parley/common/server';
import { type RedisServer, signedIn, startRedisServer, testLease, testLog, testPlatform, until } from '@parley/common/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startNotifications } from '../src/service.ts';
import { announce, Conversations, config, stored } from './cast.ts';
import { connect, knock } from './device.ts';

const platform = testPlatform();
const conversations = new Conversations();
let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedisServer();
});
afterAll(async () => {
  await platform[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
});

/** A pod whose registry is in the Redis that is taken away. */
async function startPod() {
  const { world } = await platform.world('notifications', { ask: conversations.ask });
  const registry = await openRedisRegistry({ url: redis.url, log: testLog, lease: testLease });
  const own = { ...world, registry };
  const service = await startNotifications(config(), own);
  const { url } = await serve(service, { port: 0, host: '127.0.0.1' });
  return { world: own, service, url };
}

test('[D9] while Redis is away presence is unknown, notices go on, and when it is back empty everybody is where they are', async () => {
  const [one, two] = [await startPod(), await startPod()];
  const [ann, ben, cleo, dan] = [signedIn(), signedIn(), signedIn(), signedIn()];
  for (const friend of [ben, cleo, dan]) conversations.between(ann.userId, friend.userId);
  await using anns = await connect(one.url, ann);
  await using _bens = await connect(two.url, ben);
  const cleos = await connect(two.url, cleo);
  await until(() => [ben, cleo].every(({ userId }) => anns.presenceOf(userId) === 'online'));

  await redis.kill();
  await until(() => anns.presenceOf(ben.userId) === 'unknown');
  // Who comes meanwhile is let in, and hears what concerns them.
  await using dans = await knock(two.url, dan);
  await dans.see('presence-unknown');
  await cleos[Symbol.asyncDispose]();
  await announce({ ...two, [Symbol.asyncDispose]: async () => {} }, 'message.stored', stored(ann.userId, dan.userId));
  await dans.see('notice');
  await anns.see('notice');

  await redis.start();
  await until(() => anns.presenceOf(ben.userId) === 'online' && anns.presenceOf(dan.userId) === 'online');
  await until(() => anns.presenceOf(cleo.userId) === 'offline');
  await dans.see('presence', ({ snapshot }) => snapshot === true);
  expect(dans.presenceOf(ann.userId)).toBe('online');
  // This pod may have been left out while it was not registered.
  await dans.see('resync');
});

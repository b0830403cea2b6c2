import { testPlatform } from '@parley/common/testing';
import { expect, test } from 'vitest';
import { startUsers } from '../src/service.ts';
import { config } from './cast.ts';

test('requests are to be sent here while the database answers', async () => {
  const link = { away: false };
  const cutOff: typeof startUsers = (given, world) => {
    const query = (text: string) => (link.away ? Promise.reject(new Error('nobody there')) : world.database.query(text));
    return startUsers(given, { ...world, database: Object.create(world.database, { query: { value: query } }) });
  };
  await using platform = testPlatform();
  const { service } = await platform.start('users', cutOff, config);
  const ready = async () => service.ready();
  expect(await ready()).toBe(true);
  link.away = true;
  await expect(ready()).rejects.toThrow('nobody there');
  link.away = false;
  expect(await ready()).toBe(true);
});

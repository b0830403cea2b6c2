import { expect, test } from 'vitest';
import { testClock } from '../testing/index.ts';
import { openEmbeddedCache } from './index.ts';

test('the embedded cache keeps within its room: what was used longest ago leaves first', async () => {
  await using cache = openEmbeddedCache({ clock: testClock(), room: 3 * 110 });
  for (const key of ['a', 'b', 'c']) await cache.set(key, '123456789', 60);
  await cache.get('a');
  await cache.set('d', '123456789', 60);
  expect(await cache.getMany(['a', 'b', 'c', 'd'])).toEqual(['123456789', undefined, '123456789', '123456789']);
  await cache.set('huge', 'x'.repeat(400), 60);
  expect(await cache.get('huge')).toBeUndefined();
  expect(await cache.get('a')).toBe('123456789');
});

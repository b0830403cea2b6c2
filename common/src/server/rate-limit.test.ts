import { describe, expect, test } from 'vitest';
import { openEmbeddedCache } from '../cache/index.ts';
import type { ParleyError } from '../contracts/index.ts';
import { testClock } from '../testing/index.ts';
import { addressKey, createRateLimit } from './index.ts';

const taken = (promise: Promise<void>) =>
  promise.then(
    () => true,
    () => false,
  );

/** The same numbers every time. */
function seeded(seed: number) {
  let state = seed;
  return () => {
    state = (state * 48_271) % 0x7fffffff;
    return (state % 1_000) / 1_000;
  };
}

describe.each([{ cache: 'there' }, { cache: 'away' }])('with the cache $cache', ({ cache: state }) => {
  async function place(times = 10) {
    const clock = testClock(0);
    const cache = openEmbeddedCache({ clock });
    if (state === 'away') await cache[Symbol.asyncDispose]();
    const limit = createRateLimit({ cache, clock, name: 'tries', limit: times, seconds: 60 });
    const tries = async (key: string, number: number) => {
      let passed = 0;
      for (let time = 0; time < number; time++) if (await taken(limit.take(key))) passed++;
      return passed;
    };
    /** The seconds to wait, or undefined when it passed. */
    const refused = (key: string) =>
      limit.take(key).then(
        () => undefined,
        (error: ParleyError) => error.retryAfter,
      );
    return { clock, tries, refused };
  }

  test('so many pass and then no more, each key for itself', async () => {
    const { tries } = await place();
    expect(await tries('alice', 15)).toBe(10);
    expect(await tries('bob', 15)).toBe(10);
  });

  test.each([1, 2, 10])(
    'the refusal of a limit of %i says when to come back, coming back then helps, and a second earlier does not',
    async (limit) => {
      const { clock, refused } = await place(limit);
      const random = seeded(limit);
      for (let turn = 0; turn < 40; turn += 1) {
        clock.advance(random() * 20_000);
        const retryAfter = await refused('alice');
        if (retryAfter === undefined) continue;
        // However often somebody knocks meanwhile.
        for (let knock = 0; knock < 20; knock += 1) await refused('alice');
        clock.advance(retryAfter * 1000 - 1_000);
        expect(await refused('alice')).toBe(1);
        clock.advance(1_000);
        expect(await refused('alice')).toBeUndefined();
      }
    },
  );

  test('a limit that is used up at once is free again when a window has passed, bit by bit', async () => {
    const { clock, tries, refused } = await place();
    clock.advance(15_000);
    expect(await tries('alice', 10)).toBe(10);
    expect(await refused('alice')).toBe(45 + 6);
    clock.advance(51_000);
    expect(await tries('alice', 10)).toBe(1);
    clock.advance(120_000);
    expect(await tries('alice', 10)).toBe(10);
  });

  test('no boundary between two windows lets twice as many through', async () => {
    const { clock, tries } = await place();
    clock.advance(59_000);
    expect(await tries('alice', 10)).toBe(10);
    clock.advance(2_000);
    expect(await tries('alice', 10)).toBeLessThanOrEqual(1);
  });
});

test('all pods count together', async () => {
  const clock = testClock();
  const cache = openEmbeddedCache({ clock });
  const pods = Array.from({ length: 4 }, () => createRateLimit({ cache, clock, name: 'tries', limit: 10, seconds: 60 }));
  const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => taken(pods[index % 4]!.take('alice'))));
  expect(answers.filter(Boolean)).toHaveLength(10);
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::1', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('the address %s is counted as %s', (address, key) => {
  expect(addressKey(address)).toBe(key);
});

import { until } from '@parley/common/testing';
import { expect } from 'vitest';
import type { Device, Person } from './people.ts';

/** Long enough for whatever was taken away to be started again and found. */
export const HEALED_MS = 90_000;
const PAUSE_MS = 20;

interface Two {
  readonly alice: Person;
  readonly bob: Person;
  readonly hers: Device;
  readonly his: Device;
}

/** What two people say to each other, whatever happens meanwhile. */
export function createTalk({ alice, bob, hers, his }: Two) {
  let said = 0;
  return {
    /** Messages so far, of both. */
    get said() {
      return said;
    },

    /** Both keep talking while something happens to the platform; afterwards both have everything, once and in one order. */
    async through(happening: () => Promise<void>) {
      const over = new AbortController();
      const talking = (async () => {
        while (!over.signal.aborted) {
          said += 2;
          await Promise.all([hers.say(bob, `alice ${said}`), his.say(alice, `bob ${said}`)]);
          await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
        }
      })();
      await happening().finally(() => over.abort());
      await talking;
      await until(() => [hers, his].every(({ parley }) => parley.outbox.entries().length === 0), HEALED_MS);
      await until(() => hers.texts(bob).length === said && his.texts(alice).length === said, HEALED_MS);
      expect(hers.texts(bob)).toEqual(his.texts(alice));
      expect(new Set(hers.texts(bob)).size).toBe(said);
      for (const writer of ['alice', 'bob']) {
        const numbers = hers.texts(bob).flatMap((text) => (text?.startsWith(writer) ? [Number(text.split(' ')[1])] : []));
        expect(numbers).toEqual(numbers.toSorted((one, other) => one - other));
      }
    },
  };
}

export type Talk = ReturnType<typeof createTalk>;

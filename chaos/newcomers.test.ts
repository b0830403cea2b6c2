import { afterEach, expect, test } from 'vitest';
import type { Person } from './crowd.ts';
import { createLedger } from './ledger.ts';
import { startArriving } from './newcomers.ts';
import { createRandom } from './random.ts';

let newcomers: ReturnType<typeof startArriving> | undefined;
afterEach(() => newcomers?.stop());

/** So often somebody new tries in a calm, of whom the first are refused. */
async function calm(tries: number, refused: number) {
  const ledger = createLedger();
  let tried = 0;
  newcomers = startArriving({
    crowd: {
      people: [{ name: 'Ada', peers: [{}] } as Person],
      async signUp() {
        if (++tried <= refused) throw new Error('come later');
        return {} as Person;
      },
      acquaint() {},
      addDevice: () => ({ start: async () => {} }) as ReturnType<Parameters<typeof startArriving>[0]['crowd']['addDevice']>,
    },
    ...{ ledger, random: createRandom(1), onFailure: () => {} },
  });
  await newcomers.arriveInCalm(async (_milliseconds, isSo) => {
    for (let left = tries; left > 0; left--) if (await isSo()) return;
  });
  return { arrived: newcomers.arrived(), seen: ledger.violations.map(({ kind }) => kind) };
}

test('[D7] that nobody new gets in while nothing is broken is seen', async () => {
  expect(await calm(3, 2)).toEqual({ arrived: 1, seen: [] });
  expect(await calm(3, 3)).toEqual({ arrived: 0, seen: ['never answered'] });
});

import { test } from 'vitest';
import { letters } from './dead-letters.ts';
import { ending } from './ending.ts';
import { failures } from './failures.ts';
import type { Case, Ground } from './ground.ts';
import { order } from './order.ts';
import { pods } from './pods.ts';
import { shards } from './shards.ts';
import { sharing } from './sharing.ts';
import { words } from './words.ts';

/** Everything that holds for every bus. */
export function conform(adapter: string, openGround: () => Promise<Ground>) {
  const holds: Case = (name, run) =>
    test(`[${adapter}] ${name}`, async () => {
      await using ground = await openGround();
      await run(ground);
    });
  order(holds);
  sharing(holds);
  shards(holds);
  pods(holds);
  failures(holds);
  letters(holds);
  words(holds);
  ending(holds);
}

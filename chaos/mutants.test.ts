import { expect, test } from 'vitest';
import { mutants, mutated } from './mutants.ts';

test.each(mutants.map((mutant) => [mutant.name, mutant] as const))('a copy can be made in which %s', async (_name, mutant) => {
  expect(await mutated(mutant)).toContain(mutant.replace);
});

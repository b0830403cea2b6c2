import { expect, test } from 'vitest';
import type { Kind } from './ledger.ts';
import { judge, mutants, mutated } from './mutants.ts';

const [control, ...others] = mutants;
const report = (...kinds: Kind[]) => ({ violations: kinds.map((kind) => ({ kind, what: '', history: [] })) });

test.each(others.map((mutant) => [mutant.name, mutant] as const))('a copy can be made in which %s', async (name, { fault, seen }) => {
  if (!fault) throw new Error('it is a control too');
  expect(await mutated(name, fault)).toContain(fault.replace);
  expect(seen).not.toEqual([]);
});

test('the first copy is as the original is, and nothing may be seen of it', () => {
  if (!control) throw new Error('there is none');
  expect(control.fault).toBeUndefined();
  expect(judge(control, report())).toMatchObject({ seen: [], caught: true });
  expect(judge(control, report('lost'))).toMatchObject({ seen: ['lost'], caught: false });
});

test('a mutant is caught when all is seen that it has to cause, whatever else is', () => {
  const mutant = { name: 'two things are wrong', seen: ['lost', 'never answered'] } as const;
  expect(judge(mutant, report('doubled', 'lost', 'lost', 'never answered'))).toEqual({
    name: mutant.name,
    seen: ['doubled', 'lost', 'never answered'],
    caught: true,
  });
  for (const kinds of [[], ['lost'], ['doubled', 'never answered']] as const) expect(judge(mutant, report(...kinds)).caught).toBe(false);
});

test('a run that left no results did not finish, and caught nothing', () => {
  for (const mutant of mutants) expect(judge(mutant, undefined)).toEqual({ name: mutant.name, seen: [], caught: false, unfinished: true });
});

import { expect, test } from 'vitest';
import { heldAgainst, hunt, mutated } from './hunt.ts';
import { type Kind, kinds } from './ledger.ts';
import { mutants } from './mutants.ts';

const [control, ...others] = mutants;
const report = (...kinds: Kind[]) => ({ violations: kinds.map((kind) => ({ kind, what: '', history: [] })) });

test.each(others.map((mutant) => [mutant.name, mutant] as const))('a copy can be made in which %s', async (name, { flaws, seen }) => {
  expect(flaws).not.toEqual([]);
  for (const flaw of flaws) expect(await mutated(name, flaw)).toContain(flaw.replace);
  expect(seen).not.toEqual([]);
});

test('the first copy is as the original is, and nothing may be seen of it', () => {
  if (!control) throw new Error('there is none');
  expect(control.flaws).toEqual([]);
  expect(heldAgainst(control, report())).toMatchObject({ seen: [], caught: true });
  expect(heldAgainst(control, report('lost'))).toMatchObject({ seen: ['lost'], caught: false });
});

test('a mutant is caught when all is seen that it has to cause, whatever else is', () => {
  const mutant = { name: 'two things are wrong', flaws: [], breaks: [], seen: ['lost', 'never answered'] } as const;
  expect(heldAgainst(mutant, report('doubled', 'lost', 'lost', 'never answered'))).toEqual({
    name: mutant.name,
    seen: ['doubled', 'lost', 'never answered'],
    caught: true,
  });
  for (const kinds of [[], ['lost'], ['doubled', 'never answered']] as const)
    expect(heldAgainst(mutant, report(...kinds)).caught).toBe(false);
});

test('a mutant is caught only when what is said of it is what it does', () => {
  const mutant = { name: 'it is silent', flaws: [], breaks: [], seen: ['too late'], says: /which is silent/ } as const;
  expect(heldAgainst(mutant, report('too late')).caught).toBe(false);
  expect(heldAgainst(mutant, { violations: [{ kind: 'too late', what: 'they differ, which is silent', history: [] }] }).caught).toBe(true);
});

test('a run that left no results did not finish, and caught nothing', () => {
  for (const mutant of mutants)
    expect(heldAgainst(mutant, undefined)).toEqual({ name: mutant.name, seen: [], caught: false, unfinished: true });
});

test('words that are in no name are an error, for a hunt for nothing finds nothing wrong', async () => {
  await expect(hunt('nowhere', [], new AbortController().signal, 'no such words').next()).rejects.toThrow(
    'no mutant has "no such words" in its name',
  );
});

test('every kind of violation is caused by a mutant', () => {
  const caused = new Set(mutants.flatMap(({ seen }) => seen));
  expect(Object.keys(kinds).filter((kind) => !caused.has(kind as Kind))).toEqual([]);
});

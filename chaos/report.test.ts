import { expect, test } from 'vitest';
import { mutants } from './mutants.ts';
import { aboutMutants } from './report.ts';

const [control, seen, overlooked, cutShort, notHunted] = mutants.map(({ name }) => name) as [string, string, string, string, string];

test('of each mutant it is said what was seen last, that nothing had to be, that it was missed, or that nobody knows', () => {
  const hunts = [
    {
      commit: 'before',
      mutants: [
        { name: control, seen: [], caught: true },
        { name: seen, seen: [], caught: false },
        { name: 'one that is no more', seen: [], caught: false },
      ],
    },
    {
      commit: 'after',
      mutants: [
        { name: seen, seen: ['lost'], caught: true },
        { name: overlooked, seen: ['doubled'], caught: false },
        { name: cutShort, seen: [], caught: false, unfinished: true },
      ],
    },
  ] as const;
  const about = aboutMutants(hunts).join('\n');
  for (const line of [
    'commit before, after.',
    `| ${control} | nothing, as it should be |`,
    `| ${seen} | lost |`,
    `| ${overlooked} | **missed** (doubled) |`,
    `| ${cutShort} | **did not finish** |`,
    `| ${notHunted} | **not hunted** |`,
  ])
    expect(about).toContain(line);
  expect(about).not.toContain('one that is no more');
});

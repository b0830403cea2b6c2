import { expect, test } from 'vitest';
import { aboutMutants } from './report.ts';

test('of each mutant it is said what was seen, that nothing had to be, that it was missed, or that nobody knows', () => {
  const about = aboutMutants([
    { name: 'control', seen: [], caught: true },
    { name: 'seen', seen: ['lost'], caught: true },
    { name: 'overlooked', seen: ['doubled'], caught: false },
    { name: 'cut short', seen: [], caught: false, unfinished: true },
  ]).join('\n');
  for (const line of [
    '| control | nothing, as it should be |',
    '| seen | lost |',
    '| overlooked | **missed** (doubled) |',
    '| cut short | **did not finish** |',
  ])
    expect(about).toContain(line);
});

import { growthOf, LEAST_LOOKS } from '../bench/growth.ts';
import type { Held } from '../bench/inside.ts';
import { PATIENCE_MS } from './patience.ts';
import type { Part } from './run.ts';
import { add, emptyTally, type Finding } from './tally.ts';

export interface Outcome {
  /** Of earlier runs with this seed. */
  readonly before: readonly Part[];
  readonly parts: readonly Part[];
  /** So many inputs were asked for, earlier runs included. */
  readonly wanted: number;
  readonly talk: { readonly written: number; readonly seen: number; readonly sameOrder: boolean };
  readonly atRest: Held;
  /** What was found after the last part. */
  readonly findings: readonly Finding[];
}

/** Of the inputs: a socket whose session another input has ended gives its own up. With fewer, a run has not sent what it says. */
const LEAST_TAKEN = 0.8;

/** What may rise without a reason: caches that fill up, and what V8 keeps. */
const measured = [
  { name: 'heap after collection (MiB)', of: (held: Held) => held.heapMiB, slack: 8 },
  { name: 'outside the heap (MiB)', of: (held: Held) => held.externalMiB, slack: 8 },
  { name: 'resident (MiB)', of: (held: Held) => held.rssMiB, slack: 40 },
  { name: 'descriptors', of: (held: Held) => held.descriptors, slack: 30 },
  { name: 'timers', of: (held: Held) => held.resources['Timeout'] ?? 0, slack: 20 },
  { name: 'event loop late by (ms)', of: (held: Held) => held.lagMs, slack: 500 },
];

export function conclude({ before, parts, wanted, talk, atRest, findings }: Outcome) {
  const all = emptyTally();
  for (const part of [...before, ...parts]) add(all, part);
  all.findings.push(...findings);
  const longest = Math.max(0, ...[...before, ...parts].map(({ honest }) => honest.longestMs));
  const inputs = Object.values(all.inputs).reduce((sum, times) => sum + times, 0);
  const lines = [
    `${inputs} inputs`,
    ...table(all.inputs),
    '',
    'answered with',
    ...table(all.answers),
    '',
    `Honest people wrote ${talk.written} messages to each other in the last run; each of the two sees ${talk.seen}, ${talk.sameOrder ? 'in one order' : 'NOT in one order'}; the longest took ${longest} ms (at most ${PATIENCE_MS}).`,
  ];
  const faults: string[] = [];
  const reached = [...before, ...parts].at(-1)?.to ?? 0;
  if (!(reached >= wanted)) faults.push(`it stopped early, at input ${reached} of ${wanted} (the same seed goes on from there)`);
  if (inputs < LEAST_TAKEN * reached) faults.push(`of ${reached} inputs only ${inputs} were taken`);
  if (talk.seen !== talk.written) faults.push(`of ${talk.written} messages of honest people ${talk.seen} are seen`);
  if (!talk.sameOrder) faults.push('honest people saw different orders');
  const judged = parts.length >= LEAST_LOOKS;
  for (const { name, of, slack } of judged ? measured : []) {
    const values = parts.map(({ held }) => of(held));
    const { rise, step, allowed, flat } = growthOf(
      values.map((value, at) => [at, value] as const),
      slack,
    );
    if (!flat) faults.push(`${name} grows`);
    const [first = 0, last = 0] = [values[0], values.at(-1)];
    lines.push(
      `  ${name.padEnd(30)} ${first.toFixed(0)} at first, ${last.toFixed(0)} at last, ${of(atRest).toFixed(0)} at rest; ` +
        `the second half rises by ${rise.toFixed(1)}, in steps ${step.toFixed(1)} (${allowed.toFixed(1)} allowed): ${flat ? 'flat' : 'GROWS'}`,
    );
  }
  if (all.findings.length > 0) faults.push(`${all.findings.length} findings`);
  lines.push('', ...all.findings.slice(0, 50).map(({ what, input }) => `  ${what}${input ? `\n    ${input}` : ''}`));
  lines.push(faults.length > 0 ? `Failed: ${faults.join('; ')}.` : 'Passed: nothing was found.');
  if (!judged) lines.push(`Whether anything grows was NOT judged: of the ${LEAST_LOOKS} looks that it takes there were ${parts.length}.`);
  return { lines, failed: faults.length > 0 };
}

const table = (counts: Readonly<Record<string, number>>) =>
  Object.entries(counts)
    .sort(([, one], [, other]) => other - one)
    .map(([what, times]) => `  ${String(times).padStart(9)}  ${what}`);

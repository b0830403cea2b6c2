import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { nameOf, type Report } from './findings.ts';
import type { Hunted } from './hunt.ts';
import { kinds } from './ledger.ts';
import { mutants } from './mutants.ts';

/** One line of the file of results. */
export type Result = { readonly started: string; readonly commit?: string; readonly node: string; readonly machine: string } & (
  | ({ readonly kind: 'run'; readonly short: boolean } & Report)
  | { readonly kind: 'mutants'; readonly mutants: readonly Hunted[] }
);

export const machine = () =>
  `${cpus().length} cores (${cpus()[0]?.model.trim() ?? process.arch}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}`;

/** What was running; with a `+` when it is not what was committed. */
export function commit(): string {
  const git = (...words: string[]) =>
    execFileSync('git', words, { cwd: import.meta.dirname, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain') ? '+' : ''}`;
  } catch {
    return 'unknown';
  }
}

/** What the newest full run found, and what was last seen of each mutant, for people. */
export function writeReport(results: string, file: string) {
  const all = readFileSync(results, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Result);
  const runs = all.filter((result) => result.kind === 'run' && !result.cutShort);
  const run = runs.findLast((result) => result.kind === 'run' && !result.short) ?? runs.at(-1);
  const hunts = all.flatMap((result) => (result.kind === 'mutants' ? [result] : []));
  const parts = [
    '# The last run of chaos',
    'Made by `npm run chaos -- --report <file>`; what it does is in [chaos/README.md](../chaos/README.md).',
  ];
  if (run?.kind === 'run') parts.push(...aboutRun(run));
  if (hunts.length > 0) parts.push(...aboutMutants(hunts));
  writeFileSync(file, `${parts.join('\n\n')}\n`);
}

function aboutRun(run: Extract<Result, { kind: 'run' }>): string[] {
  const {
    started,
    commit = 'unknown',
    node,
    seed,
    seconds,
    faults,
    leftOut,
    operations,
    attempted,
    ticked,
    medianMs,
    longestMs,
    slowest,
    violations,
  } = run;
  const done = Object.entries(operations).map(([action, count]) => `${count} × ${action}`);
  const byKind = [...Map.groupBy(faults, ({ kind }) => kind)];
  const met = faults.filter(({ during }) => during).map(nameOf);
  return [
    `${run.short ? 'A short run' : 'A full run'}, ${started.slice(0, 10)}: seed ${seed}, ${seconds} s, ${faults.length} faults, commit ${commit}, Node ${node.slice(1)}, ${run.machine}.`,
    `People did ${done.join(', ')}. ${attempted} messages were written and ${ticked} ticked; until the tick ${medianMs} ms in the median, ${longestMs} ms at the longest, which includes the faults, but not devices that vanish on purpose.`,
    'The slowest, one of each device, with what was broken while they waited:',
    table(
      ['device', 'written', 'ticked', 'broken meanwhile'],
      slowest.map(({ device, written, ticked: at, broken }) => [device, `${written} s`, `${at} s`, broken.join('; ')]),
    ),
    ...(leftOut.length > 0 ? [`Left out: ${leftOut.join('; ')}.`] : []),
    table(
      ['clause', 'violation', 'found'],
      Object.entries(kinds).map(([kind, clause]) => [
        clause,
        kind,
        String(violations.filter((violation) => violation.kind === kind).length),
      ]),
    ),
    table(
      ['fault', 'targets'],
      byKind.map(([kind, same]) => [`${kind} (${same.length})`, same.map(({ target }) => target).join(', ')]),
    ),
    ...(met.length > 0 ? [`${met.length} of them began while another lasted: ${met.join('; ')}.`] : []),
  ];
}

export function aboutMutants(hunts: readonly { readonly commit?: string; readonly mutants: readonly Hunted[] }[]): string[] {
  const last = new Map(hunts.flatMap(({ commit = 'unknown', mutants }) => mutants.map((mutant) => [mutant.name, { ...mutant, commit }])));
  const commits = new Set([...last.values()].map(({ commit }) => commit));
  return [
    '## Is the checker awake?',
    `Copies of Parley, each wrong in one way, while those who talk have just enough trouble to notice: \`npm run chaos -- --mutants\`, commit ${[...commits].join(', ')}.`,
    table(
      ['mutant', 'seen'],
      mutants.map(({ name }) => {
        const found = last.get(name);
        return [name, found ? told(found) : '**not hunted**'];
      }),
    ),
  ];
}

function told({ seen, caught, unfinished }: Hunted): string {
  if (unfinished) return '**did not finish**';
  if (!caught) return `**missed** (${seen.join(', ') || 'nothing'})`;
  return seen.join(', ') || 'nothing, as it should be';
}

const table = (heads: readonly string[], rows: readonly (readonly string[])[]) =>
  [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

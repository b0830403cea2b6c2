import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, open, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Report } from './findings.ts';
import type { Kind } from './ledger.ts';
import { type Flaw, type Mutant, mutants } from './mutants.ts';

/** What became of one. */
export interface Hunted {
  readonly name: string;
  readonly seen: readonly Kind[];
  readonly caught: boolean;
  /** Its run left no results: nothing can be said of the checker. */
  readonly unfinished?: true;
}

const root = resolve(import.meta.dirname, '..');
const LEFT_ALONE = new Set(['node_modules', '.git', '.data', '.cache', 'docs']);

/** A copy of the tree that is wrong in one place at the most, with everything installed that the original has. */
async function makeMutant({ name, flaws }: Mutant, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const entry of await readdir(root)) if (!LEFT_ALONE.has(entry)) await copy(entry, folder);
  // The workspaces are links: they have to lead into the copy.
  await mkdir(join(folder, 'node_modules'));
  for (const entry of await readdir(join(root, 'node_modules')))
    if (entry === '@parley')
      await cp(join(root, 'node_modules', entry), join(folder, 'node_modules', entry), { recursive: true, verbatimSymlinks: true });
    else await symlink(join(root, 'node_modules', entry), join(folder, 'node_modules', entry));
  for (const flaw of flaws) await writeFile(join(folder, flaw.file), await mutated(name, flaw));
}

/** The file with the flaw in it. */
export async function mutated(name: string, { file, find, replace }: Flaw): Promise<string> {
  const source = await readFile(join(root, file), 'utf8');
  if (source.split(find).length !== 2) throw new Error(`"${name}" does not fit ${file} any more`);
  return source.replace(find, () => replace);
}

const copy = (entry: string, folder: string) => cp(join(root, entry), join(folder, entry), { recursive: true, verbatimSymlinks: true });

/** Runs the checker of each copy against that copy, until the signal. */
export async function* hunt(data: string, options: readonly string[], signal: AbortSignal, only = ''): AsyncGenerator<Hunted, void> {
  const wanted = mutants.filter(({ name }) => name.includes(only));
  if (wanted.length === 0)
    throw new Error(`no mutant has "${only}" in its name; these are there:\n${mutants.map(({ name }) => `  ${name}`).join('\n')}`);
  for (const mutant of wanted) {
    const folder = join(data, 'mutant');
    const results = join(data, 'of-mutant');
    await rm(results, { recursive: true, force: true });
    await makeMutant(mutant, folder);
    // For whoever wants to know why one did not finish, or what else was seen of it.
    await using output = await open(join(data, 'mutants.log'), 'a');
    await output.write(`\n${mutant.name}\n`);
    const breaks = (mutant.breaks.length > 0 ? mutant.breaks : ['none']).flatMap((one) => ['--fault', one]);
    if (signal.aborted) return;
    const child = spawn(process.execPath, [join(folder, 'chaos/main.ts'), '--data', results, ...options, ...breaks], {
      cwd: folder,
      stdio: ['ignore', output.fd, output.fd],
    });
    const stop = () => child.kill();
    signal.addEventListener('abort', stop, { once: true });
    await once(child, 'exit');
    signal.removeEventListener('abort', stop);
    if (signal.aborted) return;
    yield heldAgainst(mutant, await reportIn(results));
  }
}

/** What is cut short has not looked at everything, or leaves nothing that can be read. */
const reportIn = (folder: string) =>
  readFile(join(folder, 'results.jsonl'), 'utf8').then(
    (text) => {
      const report = JSON.parse(text) as Report;
      return report.cutShort ? undefined : report;
    },
    () => undefined,
  );

export function heldAgainst({ name, seen: wanted, says }: Mutant, report: Pick<Report, 'violations'> | undefined): Hunted {
  if (!report) return { name, seen: [], caught: false, unfinished: true };
  const seen = [...new Set(report.violations.map(({ kind }) => kind))];
  const isSaid = says === undefined || report.violations.some(({ what }) => says.test(what));
  return { name, seen, caught: wanted.length === 0 ? seen.length === 0 : isSaid && wanted.every((kind) => seen.includes(kind)) };
}

export function described({ name, seen, caught, unfinished }: Hunted): string {
  if (unfinished) return `DID NOT FINISH  ${name}`;
  return `${caught ? 'as it must be' : 'MISSED'}  ${name}: ${seen.join(', ') || 'nothing seen'}`;
}

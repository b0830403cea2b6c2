import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { round } from './load.ts';
import { endedProcessor, fsyncMs, machine, machineProcessor, offspring, ownProcessor, systemProcessor } from './machine.ts';
import { appendResult, isCalm, readResults } from './results.ts';
import type { Extent, Figures, Scenario } from './scenarios/scenario.ts';
import { scenarios } from './scenarios/scenarios.ts';
import type { Parley } from './systems/parley.ts';
import type { System, SystemKind } from './systems/system.ts';
import { systems } from './systems/systems.ts';

const root = resolve(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    systems: { type: 'string', default: systems.map(({ name }) => name).join(',') },
    scenarios: { type: 'string', default: scenarios.map(({ name }) => name).join(',') },
    runs: { type: 'string', default: '3' },
    quick: { type: 'boolean', default: false },
    rate: { type: 'string' },
    pairs: { type: 'string' },
    results: { type: 'string', default: join(root, '.cache', 'bench', 'results.jsonl') },
    help: { type: 'boolean', default: false },
  },
});

const list = (all: readonly { readonly name: string; readonly title: string }[]) =>
  all.map(({ name, title }) => `    ${name.padEnd(16)} ${title}`).join('\n');
const help = `npm run bench -- [options]

  Puts the same load on several systems, one after the other, and appends what it sees to a file; what is in that file
  already is not measured again. Every server is started by it and stopped by it. node bench/report.ts makes the page and the plots.

  --systems <names>    of these, with commas between (all)
${list(systems)}
  --scenarios <names>  of these, with commas between (all)
${list(scenarios)}
  --runs <number>      how often; the report shows medians (3)
  --quick              short and small, to see that everything works; kept nowhere
  --rate <number>      so many messages a second for ten seconds, where the highest rate would be searched: what a message costs
                       at one rate compares two states of the code better than the highest rate does; kept nowhere
  --pairs <number>     of people who talk; kept nowhere
  --results <file>     where the results are (.cache/bench/results.jsonl)`;

const of = <T extends { readonly name: string }>(all: readonly T[], names: string): T[] =>
  names.split(',').map((name) => {
    const found = all.find((one) => one.name === name.trim());
    if (!found) throw new Error(`There is no "${name}" here. There is: ${all.map((one) => one.name).join(', ')}.`);
    return found;
  });

/** Whoever gives up leaves no server behind: all that this process has started is thrown away in any case. */
let folder: string | undefined;
const giveUp = (code: number) => {
  for (const pid of offspring()) process.kill(pid, 'SIGKILL');
  if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.exit(code);
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => giveUp(130));
process.once('uncaughtException', (error) => {
  console.error(error);
  giveUp(1);
});

const kept = join(root, '.cache', 'bench');
const tell = (line: string) => console.log(`    ${line}`);
const numberOf = (value: string | undefined) => (value === undefined ? undefined : Number(value));
const extent: Extent = { quick: values.quick, rate: numberOf(values.rate), pairs: numberOf(values.pairs), tell, kept };
/** What is measured in another way than the page says is not for the page. */
const isKept =
  !extent.quick && extent.rate === undefined && extent.pairs === undefined && !process.env['PROFILE'] && !process.env['INSTANCES'];

if (values.help) console.log(help);
else await measureAll();

async function measureAll() {
  mkdirSync(kept, { recursive: true });
  console.log(
    Object.entries(machine())
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
  );
  const [wanted, kinds] = [of(scenarios, values.scenarios), of(systems, values.systems)];
  for (let run = 1; run <= (values.quick ? 1 : Number(values.runs)); run++) {
    for (const scenario of wanted) {
      for (const kind of scenario.of === 'itself' ? [undefined] : kinds) {
        if (scenario.of === 'parley' && !kind?.title.startsWith('Parley')) continue;
        await measureOnce(run, scenario, kind);
      }
    }
  }
}

async function measureOnce(run: number, scenario: Scenario, kind: SystemKind | undefined) {
  const system = kind?.name ?? 'parley';
  const done = readResults(values.results).some(
    (one) => one.run === run && one.scenario === scenario.name && one.system === system && isCalm(one),
  );
  if (done && isKept) return;
  const lacking = kind?.lacks();
  console.log(`\n${scenario.title}: ${kind?.title ?? 'Parley'}, run ${run}${lacking ? ` — left out, for want of ${lacking}` : ''}`);
  if (lacking) return;
  folder = mkdtempSync(join(tmpdir(), 'parley-bench-'));
  const [fsync, load] = [round(fsyncMs(folder)), round(loadavg()[0] ?? 0)];
  tell(`fsync of the moment ${fsync} ms, load before ${load}`);
  try {
    const { figures, versions } = await figuresOf(scenario, kind, folder);
    const result = {
      at: new Date().toISOString(),
      commit: commit(),
      run,
      scenario: scenario.name,
      system,
      machine: machine(),
      versions,
      fsyncMs: fsync,
      load,
      figures,
    };
    if (isKept) appendResult(values.results, result);
  } catch (error) {
    // The others are measured all the same.
    console.error(error);
    process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function figuresOf(
  scenario: Scenario,
  kind: SystemKind | undefined,
  folder: string,
): Promise<{ figures: Figures; versions: Record<string, string> }> {
  // What it starts it also ends, and the processor of what has ended can't be told from that of others.
  if (scenario.of === 'itself') return { figures: await scenario.measure(extent), versions: { Node: process.versions.node } };
  if (!kind) throw new Error(`${scenario.name} needs a system`);
  await using system: System = await kind.start(folder);
  const figures = await besideOthers(() =>
    scenario.of === 'any' ? scenario.measure(system, extent, kind.from) : scenario.measure(system as Parley, extent),
  );
  return { figures, versions: { ...system.versions } };
}

/** Adds the share of the machine that others took meanwhile, in per cent, where the scenario does not say it itself. */
async function besideOthers(measure: () => Promise<Figures>): Promise<Figures> {
  const taken = () => ({ machine: machineProcessor(), ours: processorOfOurs() });
  const [before, begun] = [taken(), performance.now()];
  const figures = await measure();
  if ('others' in figures || 'tried' in figures) return figures;
  const after = taken();
  const offered = (cpus().length * (performance.now() - begun)) / 1_000;
  const others = after.machine - before.machine - (after.ours - before.ours);
  return { ...figures, others: Math.max(0, Math.round((100 * others) / offered)) };
}

function processorOfOurs(): number {
  return Object.values(systemProcessor()).reduce((sum, seconds) => sum + seconds, ownProcessor() + endedProcessor());
}

/** What is measured; with a plus where the folder holds something else than was committed. */
function commit(): string {
  const git = (...parameters: string[]) => execFileSync('git', parameters, { cwd: root, encoding: 'utf8' }).trim();
  try {
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--untracked-files=no') ? '+' : '');
  } catch {
    return 'unknown';
  }
}

import { appendFileSync, mkdirSync } from 'node:fs';
import { constants } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { nameOf, type Report } from './findings.ts';
import { described, hunt } from './hunt.ts';
import { kinds } from './ledger.ts';
import { commit, machine, writeReport } from './report.ts';
import { runChaos } from './run.ts';

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    mutants: { type: 'boolean', default: false },
    only: { type: 'string' },
    fault: { type: 'string', multiple: true },
    patience: { type: 'string', default: '120' },
    report: { type: 'string' },
    seed: { type: 'string' },
    pairs: { type: 'string', default: '12' },
    rate: { type: 'string', default: '120' },
    instances: { type: 'string', default: '2' },
    data: { type: 'string', default: '.data/chaos' },
    help: { type: 'boolean', default: false },
  },
});

const started = new Date();
const data = resolve(values.data);
const results = join(data, 'results.jsonl');
// As it is when the run starts: the tree may be worked on meanwhile.
const of = { started, commit: commit(), node: process.version, machine: machine() };
const keep = (found: object) => appendFileSync(results, `${JSON.stringify({ ...of, ...found })}\n`);
const stopping = new AbortController();
// A signal comes twice to who is in a group and has a parent that passes it on: the second one must not end it at once.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stopping.abort(name));
/** Whoever runs this has to tell what must not be seen from what did not run. */
const VIOLATIONS = 3;
/** So long may it take to take everything down; who stops it may wait a minute, and has to get the code. */
const DOWN_WITHIN_MS = 50_000;
const codeOf = (name: NodeJS.Signals) => 128 + constants.signals[name];
stopping.signal.addEventListener('abort', () => {
  setTimeout(() => process.exit(process.exitCode ?? codeOf(stopping.signal.reason as NodeJS.Signals)), DOWN_WITHIN_MS).unref();
});

if (values.help) {
  console.log(`npm run chaos -- [options]

  People talk on a local cluster while everything in it is killed, stopped, frozen, cut off, slowed down and filled up.
  Afterwards what they wrote, what they were shown and what is stored must be the same. Every fault on every target
  once, which takes about 20 minutes; it needs nginx, rabbitmq-server and redis-server. It ends with code 0
  when nothing was found, with 3 when anything was, with another one when it found nothing but did not run to its end.

  --short               one or two targets of every kind of fault (three to four minutes)
  --mutants             instead: copies of Parley that are wrong in one place each, to see whether the checker sees it
  --only <words>        of the mutants those whose name has these words
  --fault <words>       this fault alone, such as 'kill -9: messages', or none; may be given more than once
  --patience <number>   seconds after the last fault in which all has to be well again (120)
  --report <file>       instead: what the newest results say, as Markdown
  --seed <number>       the same faults in the same order again; the talk is another one each time
  --pairs <number>      pairs of people (12)
  --rate <number>       things they do in a second, all together (120)
  --instances <number>  processes of each service (2)
  --data <folder>       data, logs and results (.data/chaos)`);
} else if (values.report !== undefined) {
  writeReport(results, values.report);
} else if (values.mutants) {
  const options = ['--seed', values.seed ?? '1', '--pairs', '6', '--rate', '60', '--instances', '1', '--patience', '20'];
  // Kept one by one: whoever stops it has those that were hunted, and goes on with --only.
  for await (const found of hunt(data, options, stopping.signal, values.only)) {
    console.log(described(found));
    keep({ kind: 'mutants', mutants: [found] });
    if (!found.caught) process.exitCode = 1;
  }
  if (stopping.signal.aborted) process.exitCode = codeOf(stopping.signal.reason as NodeJS.Signals);
} else {
  const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
  const folder = join(data, String(started.getTime()));
  mkdirSync(folder, { recursive: true });
  await runChaos({
    seed,
    short: values.short,
    faults: values.fault?.filter((one) => one !== 'none'),
    patience: Number(values.patience) * 1000,
    pairs: Number(values.pairs),
    rate: Number(values.rate),
    instances: Number(values.instances),
    folder,
    signal: stopping.signal,
    tell: (what) => console.log(`  ${what}`),
    found(report) {
      keep({ kind: 'run', short: values.short, ...report });
      print(report);
      if (report.violations.length > 0) process.exitCode = VIOLATIONS;
    },
  }).catch((error: unknown) => {
    const stopped = stopping.signal.aborted;
    if (stopped) console.log(`Stopped by ${stopping.signal.reason}; all that was started is gone again.`);
    else console.error(error);
    // Whatever of the crowd still waits for something must not keep it.
    process.exit(process.exitCode ?? (stopped ? codeOf(stopping.signal.reason as NodeJS.Signals) : 1));
  });
  // All is taken down by now; what a client that is wrong still has in mind must not keep it either.
  process.exit();
}

function print({
  seed,
  cutShort,
  seconds,
  faults,
  leftOut,
  operations,
  attempted,
  ticked,
  medianMs,
  longestMs,
  slowest,
  failures,
  violations,
}: Report) {
  const done = Object.entries(operations).map(([action, count]) => `${count} ${action}`);
  if (cutShort) console.log('\nCUT SHORT: this is what was seen until then; nothing was held against the store.');
  console.log(`\nSeed ${seed}, ${seconds} s, ${faults.length} faults of ${new Set(faults.map(({ kind }) => kind)).size} kinds`);
  const met = faults.filter(({ during }) => during);
  console.log(`${met.length} of them while another lasted${met.length > 0 ? `: ${met.map(nameOf).join('; ')}` : ''}`);
  console.log(`Done: ${done.join(', ')}`);
  console.log(
    `Messages: ${attempted} written, ${ticked} ticked; until the tick ${medianMs} ms (median), ${longestMs} ms (longest), without those who vanish on purpose`,
  );
  for (const { device, written, ticked: at, broken } of slowest)
    console.log(`    ${device}: written at ${written} s, ticked at ${at} s; broken meanwhile: ${broken.join(', ') || 'nothing'}`);
  for (const { what, count } of failures.slice(0, 5)) console.log(`    ${count} times on a device: ${what}`);
  for (const reason of leftOut) console.log(`Left out: ${reason}`);
  console.log('');
  for (const [kind, clause] of Object.entries(kinds)) {
    const count = violations.filter((violation) => violation.kind === kind).length;
    console.log(`  ${clause}  ${kind.padEnd(24)} ${count}`);
  }
  for (const { kind, what, history } of violations.slice(0, 20)) {
    console.log(`\n${kind}: ${what}`);
    for (const line of history) console.log(`    ${line}`);
  }
  if (violations.length > 0) console.log(`\nVIOLATIONS WERE FOUND: ${violations.length}`);
}

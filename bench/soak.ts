/**
 * Does anything grow? People do a bit of everything on a local cluster at a fixed rate, while all that its processes, its broker
 * and its database hold is looked at again and again, after the garbage was collected. `npm run soak -- --help` has the options; it
 * needs nginx, rabbitmq-server and redis-server. Looks go to <data>/<when>.jsonl as they are made, the curve to the .svg beside it.
 */
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort } from '@parley/common/testing';
import { clusterFolder, serviceNames, startCluster } from '../platform/src/cluster/cluster.ts';
import { curves, type Panel } from './curve.ts';
import { growthOf, LEAST_LOOKS, type Point } from './growth.ts';
import { raised } from './raised.ts';
import { startLoad } from './soak-load.ts';
import { type Look, openLooks } from './soak-looks.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    rate: { type: 'string', default: '300' },
    pairs: { type: 'string', default: '50' },
    instances: { type: 'string', default: '1' },
    every: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    data: { type: 'string', default: '.data/soak' },
    help: { type: 'boolean', default: false },
  },
});

interface Moment {
  readonly at: number;
  readonly load: number;
  readonly p50: number;
  readonly p99: number;
  readonly look: Look;
}

/** Of those that should have come about: with fewer, nothing is said to be flat. */
const SHARE_OF_LOOKS = 0.9;
/** Of pino. */
const ERROR_LEVEL = 50;

/** What must not grow, how it is called in a look, and what it may rise by without a reason. What is stored grows, of course. */
const watched = [
  { title: 'Heap after collection (MiB)', suffix: ': heap (MiB)', slack: 4 },
  { title: 'Outside the heap (MiB)', suffix: ': outside the heap (MiB)', slack: 4 },
  { title: 'Resident memory (MiB)', suffix: ': resident (MiB)', slack: 20 },
  { title: 'Descriptors', suffix: ': descriptors', slack: 20 },
  { title: 'Timers', suffix: ': timers', slack: 30 },
  { title: 'RabbitMQ: messages in all queues', suffix: 'RabbitMQ: messages in all queues', slack: 200 },
  { title: 'PostgreSQL: connections', suffix: 'PostgreSQL: connections', slack: 5 },
];
const shown = [
  { title: 'Event loop late by, at most between two looks (ms)', suffix: ': late by (ms)' },
  { title: 'PostgreSQL: what is stored (MiB)', suffix: ' (MiB)', prefix: 'PostgreSQL: database of ' },
];

if (values.help) {
  console.log(`npm run soak -- [options]

  --minutes <number>    how long (20)
  --rate <number>       things that people do in a second, all together (300)
  --pairs <number>      pairs of people (50)
  --instances <number>  processes of each service (1)
  --every <seconds>     between two looks (10)
  --seed <number>       the same things again (1)
  --data <folder>       data and results (.data/soak)`);
} else process.exit(await soak());

async function soak(): Promise<number> {
  const data = resolve(values.data);
  mkdirSync(data, { recursive: true });
  const results = join(data, `${new Date().toISOString().replace(/\W/g, '-')}.jsonl`);
  const folder = clusterFolder(data);
  const [instances, seconds] = [Number(values.instances), Number(values.minutes) * 60];
  const names = serviceNames.flatMap((service) => Array.from({ length: instances }, (_, at) => `${service}-${at + 1}`));
  const windows = new Map<string, number>();
  for (const name of names) windows.set(name, await freePort());
  const records: Moment[] = [];
  const every = Number(values.every);
  /** Why this run failed, whatever grew. */
  const faults: string[] = [];
  {
    await using cluster = await startCluster({
      folder,
      instances,
      environment: { ...raised, LOG_LEVEL: 'warn' },
      environmentOfInstance: (name) => ({ NODE_OPTIONS: `--max-semi-space-size=16 --inspect=127.0.0.1:${windows.get(name)}` }),
      tell: console.log,
    });
    await using looks = await openLooks(cluster, windows);
    await using load = await startLoad({
      url: cluster.url,
      pairs: Number(values.pairs),
      rate: Number(values.rate),
      seed: Number(values.seed),
    });
    const begin = performance.now();
    const passed = () => (performance.now() - begin) / 1000;
    const stop = new AbortController();
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
    // At fixed times: a look that takes longer than that has made others miss theirs.
    for (let due = every; due <= seconds && !stop.signal.aborted; due = every * (Math.floor(passed() / every) + 1)) {
      await new Promise((done) => setTimeout(done, (due - passed()) * 1000));
      const delays = load.counts.delays.splice(0).sort((one, other) => one - other);
      const at = (part: number) => Math.round(delays[Math.floor(delays.length * part)] ?? 0);
      const look = await looks.look().catch((error: Error) => console.log(`  ${error.message}`));
      // What is gone stays gone: there is nothing more to see.
      if (looks.gone().length > 0) break;
      if (!look) continue;
      const record = { at: Math.round(passed()), load: loadavg()[0] ?? 0, p50: at(0.5), p99: at(0.99), look };
      records.push(record);
      appendFileSync(results, `${JSON.stringify(record)}\n`);
      console.log(
        `  ${record.at} s: shown ${load.counts.shown}, p50 ${record.p50} ms, p99 ${record.p99} ms; ${brief(record.look)}; load ${record.load.toFixed(1)}`,
      );
    }
    const expected = Math.floor(Math.min(passed(), seconds) / every);
    if (records.length < Math.max(LEAST_LOOKS, SHARE_OF_LOOKS * expected))
      faults.push(
        `Only ${records.length} of ${expected} looks came about (${LEAST_LOOKS} are the least), too few to say that anything is flat.`,
      );
    const gone = looks.gone();
    if (gone.length > 0) faults.push(`Gone before the end: ${gone.join(', ')}.`);
    else await load.finish();
    const { done, refused, faults: failed, sent, refusedMessages, shown: seen } = load.counts;
    const stored = await looks.stored();
    console.log(`\nDone: ${listed(done)}\nRefused: ${listed(refused) || 'nothing'}`);
    console.log(`Messages: ${sent} sent, ${refusedMessages} refused, ${seen} shown to the other, ${stored} in the tables`);
    if (seen !== sent - refusedMessages || stored !== seen)
      faults.push(`Of ${sent - refusedMessages} messages that were not refused ${seen} were shown and ${stored} are in the tables.`);
    console.log(`The largest tables:\n  ${(await looks.tables()).join('\n  ')}`);
    const deadLetters = countsOf(await looks.deadLetters());
    const { all, errors } = said(folder, names);
    console.log(`What the services said: ${listed(all) || 'nothing'}`);
    if (failed > 0) faults.push(`${failed} requests were answered with a fault of the platform (5xx other than 503).`);
    if (Object.keys(errors).length > 0) faults.push(`Services said errors: ${listed(errors)}.`);
    if (Object.keys(deadLetters).length > 0) faults.push(`Among the dead letters: ${listed(deadLetters)}.`);
  }
  rmSync(folder, { recursive: true, force: true });
  writeFileSync(results.replace('.jsonl', '.svg'), curves(panelsOf(records)));
  console.log(`\n${cpus().length} cores, Node ${process.version}. Looks and curve: ${results} and the .svg beside it.\n`);
  const flat = conclude(records);
  if (faults.length > 0) console.log(`\nFailed. ${faults.join(' ')}`);
  return flat && faults.length === 0 ? 0 : 1;
}

function pointsOf(records: readonly Moment[], name: string): Point[] {
  return records.map(({ at, look }) => [at, look[name] ?? 0]);
}

function panelsOf(records: readonly Moment[]): Panel[] {
  const names = Object.keys(records[0]?.look ?? {});
  return [...watched, ...shown].map(({ title, suffix, ...more }) => ({
    title,
    lines: names
      .filter((name) => name.endsWith(suffix) && name.startsWith(('prefix' in more && more.prefix) || ''))
      .map((name) => ({
        name: name.replace(suffix, '').replace('PostgreSQL: database of ', '') || title,
        points: pointsOf(records, name),
      })),
  }));
}

function conclude(records: readonly Moment[]): boolean {
  let flat = true;
  for (const name of Object.keys(records[0]?.look ?? {})) {
    const kind = watched.find(({ suffix }) => name.endsWith(suffix));
    if (!kind) continue;
    const points = pointsOf(records, name);
    const growth = growthOf(points, kind.slack);
    flat &&= growth.flat;
    const [first = [0, 0], last = [0, 0]] = [points[0], points.at(-1)];
    console.log(
      `  ${name.padEnd(46)} ${first[1].toFixed(1)} at first, ${last[1].toFixed(1)} at last; second half ${growth.rise.toFixed(1)}, in steps ${growth.step.toFixed(1)} (${growth.allowed.toFixed(1)} allowed): ${growth.flat ? 'flat' : 'GROWS'}; less than ${((growth.allowed / growth.span) * 3600).toFixed(1)} an hour would not be seen`,
    );
  }
  return flat;
}

/** What services warned of, and what of it was an error, by how often they said it. */
function said(folder: string, names: readonly string[]) {
  const lines = names.flatMap((name) =>
    readFileSync(join(folder, 'logs', `${name}.log`), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => ({ ...(JSON.parse(line) as { level: number; msg: string }), name })),
  );
  const counted = (some: typeof lines) => countsOf(some.map(({ name, msg }) => `${name}: ${msg}`));
  return { all: counted(lines), errors: counted(lines.filter(({ level }) => level >= ERROR_LEVEL)) };
}

function countsOf(texts: readonly string[]): { readonly [what: string]: number } {
  const counts: { [what: string]: number } = {};
  for (const text of texts) counts[text] = (counts[text] ?? 0) + 1;
  return counts;
}

function listed(counts: { readonly [what: string]: number }): string {
  return Object.entries(counts)
    .map(([what, count]) => `${count} ${what}`)
    .join(', ');
}

function brief(look: Look): string {
  const sum = (suffix: string) =>
    Object.entries(look)
      .filter(([name]) => name.endsWith(suffix))
      .reduce((total, [, value]) => total + value, 0)
      .toFixed(0);
  return `heaps ${sum(': heap (MiB)')} MiB, resident ${sum(': resident (MiB)')} MiB, ${sum(': descriptors')} descriptors, ${look['RabbitMQ: messages in all queues']} in queues`;
}

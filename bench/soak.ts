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
import { growthOf, type Point } from './growth.ts';
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

/** What must not grow, how it is called in a look, and what it may rise by without a reason. What is stored grows, of course. */
const watched = [
  { title: 'Heap after collection (MiB)', suffix: ': heap (MiB)', slack: 4 },
  { title: 'Outside the heap (MiB)', suffix: ': outside the heap (MiB)', slack: 4 },
  { title: 'Resident memory (MiB)', suffix: ': resident (MiB)', slack: 20 },
  { title: 'Descriptors', suffix: ': descriptors', slack: 20 },
  { title: 'Timers', suffix: ': timers', slack: 10 },
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
    while (passed() < seconds && !stop.signal.aborted) {
      await new Promise((done) => setTimeout(done, Number(values.every) * 1000));
      const delays = load.counts.delays.splice(0).sort((one, other) => one - other);
      const at = (part: number) => Math.round(delays[Math.floor(delays.length * part)] ?? 0);
      const look = await looks.look().catch((error: Error) => console.log(`  ${error.message}`));
      if (!look) continue;
      const record = { at: Math.round(passed()), load: loadavg()[0] ?? 0, p50: at(0.5), p99: at(0.99), look };
      records.push(record);
      appendFileSync(results, `${JSON.stringify(record)}\n`);
      console.log(
        `  ${record.at} s: shown ${load.counts.shown}, p50 ${record.p50} ms, p99 ${record.p99} ms; ${brief(record.look)}; load ${record.load.toFixed(1)}`,
      );
    }
    const { done, refused, shown: seen } = load.counts;
    console.log(`\nDone: ${listed(done)}\nRefused: ${listed(refused) || 'nothing'}\nShown to the other: ${seen}`);
    console.log(`The largest tables:\n  ${(await looks.tables()).join('\n  ')}`);
    console.log(`What the services said: ${complaints(folder, names) || 'nothing'}`);
  }
  rmSync(folder, { recursive: true, force: true });
  writeFileSync(results.replace('.jsonl', '.svg'), curves(panelsOf(records)));
  console.log(`\n${cpus().length} cores, Node ${process.version}. Looks and curve: ${results} and the .svg beside it.\n`);
  return conclude(records) ? 0 : 1;
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

/** What a service warned of, by how often it said it. */
function complaints(folder: string, names: readonly string[]): string {
  const counts: { [what: string]: number } = {};
  for (const name of names) {
    for (const line of readFileSync(join(folder, 'logs', `${name}.log`), 'utf8').split('\n')) {
      if (!line.startsWith('{')) continue;
      const said = `${name}: ${(JSON.parse(line) as { msg: string }).msg}`;
      counts[said] = (counts[said] ?? 0) + 1;
    }
  }
  return listed(counts);
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

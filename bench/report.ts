/**
 * Puts the medians of a file of results into docs/benchmarks.md, between the marks that are there, and draws the plots:
 * `node bench/report.ts [results file]`. Everything else on that page is written by hand.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { count, idle, isOurs, latencies, median, most, ms, numbers, of, results, runs, table } from './figures.ts';
import { barPlot, rangePlot } from './plots.ts';
import { systems } from './systems/systems.ts';

const root = resolve(import.meta.dirname, '..');
const page = join(root, 'docs', 'benchmarks.md');

const seconds = (value: number) => `${value.toFixed(1)} s`;
const exactly = (value: number) => `${value.toFixed(2)} ms`;
const forParley = (scenario: string, make: (name: string) => readonly string[]) =>
  systems.filter(({ name }) => isOurs(name) && of(scenario, name).length > 0).map(({ name, title }) => [title, ...make(name)]);
const over = (scenario: string, system: string) => (name: string, show: (value: number) => string) =>
  runs(numbers(scenario, system, name), show);

function machineOf() {
  const fsync = results.map(({ fsyncMs }) => fsyncMs);
  const told = Map.groupBy(
    results.flatMap(({ machine, versions }) => Object.entries({ ...machine, ...versions })),
    ([name]) => name,
  );
  return [
    ...table(
      ['', ''],
      [...told].map(([name, all]) => [name, distinct(all.map(([, value]) => String(value)))]),
    ),
    `| fsync of 8 KiB before each measurement | median ${median(fsync).toFixed(2)} ms, ${Math.min(...fsync).toFixed(2)} to ${Math.max(...fsync).toFixed(2)} |`,
    `| commit of Parley | ${distinct(results.map(({ commit = 'not noted' }) => commit))} |`,
    `| measured | ${distinct(results.map(({ at }) => at.slice(0, 10)).toSorted())}, ${results.length} measurements |`,
  ];
}

const distinct = (values: readonly string[]) => [...new Set(values)].join(', ');

const throughput = most('throughput');
const crowd = most('throughput-3000');
const alone = most('throughput-bare');
const [slow, fast] = [latencies('latency-1000'), latencies('latency-5000')];
const memory = idle();
const histories = of('history', 'parley').map(
  ({ figures }) => figures as { filled: string; reads: { name: string; p50: number; p99: number }[] },
);
const reads = Map.groupBy(
  histories.flatMap((history) => history.reads),
  ({ name }) => name,
);
const starts = of('start', 'parley').map(({ figures }) => figures as Record<'fresh' | 'again', { readyMs: number; shownMs: number }>);
const pods = Map.groupBy(
  of('pods', 'parley').flatMap(({ figures }) => (figures as { pods: { pods: number; brokerMessages: number }[] }).pods),
  (one) => one.pods,
);

const parts: Record<string, readonly string[]> = {
  throughput: throughput.table,
  'throughput-3000': crowd.table,
  'throughput-bare': alone.table,
  'latency-1000': slow.table,
  'latency-5000': fast.table,
  idle: memory.table,
  storm: table(
    ['', 'devices', 'turned away, to come again', 'half of them', 'all of them'],
    forParley('storm', (name) => [
      count(median(numbers('storm', name, 'devices'))),
      runs(numbers('storm', name, 'turnedAway'), count),
      over('storm', name)('halfSeconds', seconds),
      over('storm', name)('allSeconds', seconds),
    ]),
  ),
  presence: table(
    ['', 'tellings', 'all told who came', 'all told who went (10 s of them are grace)'],
    forParley('presence', (name) => [
      count(median(numbers('presence', name, 'told'))),
      over('presence', name)('onlineSeconds', seconds),
      over('presence', name)('offlineSeconds', seconds),
    ]),
  ),
  history: [
    histories[0]?.filled ?? '',
    '',
    ...table(
      ['read', 'p50: median (runs)', 'p99: median (runs)'],
      [...reads].map(([name, same]) => [
        name,
        runs(
          same.map(({ p50 }) => p50),
          exactly,
        ),
        runs(
          same.map(({ p99 }) => p99),
          exactly,
        ),
      ]),
    ),
  ],
  start: table(
    ['', 'ready', 'first message shown'],
    (['fresh', 'again'] as const).map((which) => [
      which === 'fresh' ? 'with no data yet' : 'again',
      runs(
        starts.map((one) => one[which].readyMs / 1_000),
        seconds,
      ),
      runs(
        starts.map((one) => one[which].shownMs / 1_000),
        seconds,
      ),
    ]),
  ),
  pods: table(
    ['pods of every service', 'messages that the broker carries for one chat message and its receipt'],
    [...pods].map(([number, same]) => [
      String(number),
      runs(
        same.map(({ brokerMessages }) => brokerMessages),
        (value) => value.toFixed(2),
      ),
    ]),
  ),
  machine: machineOf(),
};

let text = readFileSync(page, 'utf8');
for (const [name, lines] of Object.entries(parts)) {
  const marked = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- end of ${name} -->)`);
  text = text.replace(
    marked,
    (_, begin: string, end: string) => `${begin}${lines.length > 2 ? lines.join('\n') : 'Not measured yet.'}\n${end}`,
  );
}
writeFileSync(page, text);

const image = (name: string, svg: string) => writeFileSync(join(root, 'docs', 'images', name), svg);
const limit = throughput.rows.find(({ name }) => name === 'relay');
image(
  'bench-throughput.svg',
  barPlot(
    'Messages stored and delivered per second, at most',
    `2 cores for everything, load generator included; 100 pairs, 100 bytes.${limit ? ` A bare relay that stores nothing: ${count(limit.rate)}.` : ''}`,
    throughput.rows
      .filter(({ name }) => name !== 'relay')
      .map(({ name, title, rate }) => ({ label: title, ours: isOurs(name), told: count(rate), parts: [rate] })),
  ),
);
for (const [rate, { rows }] of [
  ['1,000', slow],
  ['5,000', fast],
] as const) {
  image(
    `bench-latency-${rate.replace(',', '')}.svg`,
    rangePlot(
      `From sending to the peer, at ${rate} messages per second`,
      'Dot: half of them are faster. Bar: 99 in 100 are. Shorter and further left is better; logarithmic.',
      rows.map(({ name, title, held, p50, p99 }) => ({
        label: title,
        ours: isOurs(name),
        told: held ? `${ms(median(p50))} / ${ms(median(p99))}` : 'does not keep up',
        from: held ? median(p50) : undefined,
        to: held ? median(p99) : undefined,
      })),
      [0.1, 1, 10, 100, 1_000],
    ),
  );
}
image(
  'bench-memory.svg',
  barPlot(
    'Memory of an idle connection, KiB',
    "All processes of the system together; paler, the kernel's share. A device of Parley holds two connections.",
    memory.rows.map(({ name, title, processes, kernel }) => ({
      label: title,
      ours: isOurs(name),
      told: `${median(processes).toFixed(1)} + ${median(kernel).toFixed(1)}`,
      parts: [Math.max(0, median(processes)), Math.max(0, median(kernel))],
    })),
  ),
);

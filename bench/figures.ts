import type { Outcome } from './load.ts';
import { disturbance, isCalm, type Result, readResults } from './results.ts';
import { bestOf, keepsUp, perSecond } from './scenarios/talking.ts';
import { systems } from './systems/systems.ts';

/** What a file of results says, as medians and as rows of tables. */
export const results = readResults(process.argv[2] ?? new URL('results.jsonl', import.meta.url).pathname);

export type Numbers = Readonly<Record<string, number>>;
/** Where there was no calm at all, the least disturbed measurement. Memory is what it is, whoever had the processors. */
export function of(scenario: string, system: string): Result[] {
  const all = results.filter((one) => one.scenario === scenario && one.system === system);
  if (scenario === 'idle') return all;
  const calm = all.filter(isCalm);
  return calm.length > 0 ? calm : all.toSorted((one, other) => disturbance(one) - disturbance(other)).slice(0, 1);
}
/** Of an even count the mean of the middle two: the lower one alone would flatter what is better when it is less. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (place: number) => sorted[place] ?? Number.NaN;
  return (at(Math.floor((sorted.length - 1) / 2)) + at(Math.floor(sorted.length / 2))) / 2;
}
export const numbers = (scenario: string, system: string, name: string) =>
  of(scenario, system).map(({ figures }) => (figures as Numbers)[name] as number);
export const isOurs = (name: string) => name === 'embedded' || name === 'cluster';
export const count = (value: number) => Math.round(value).toLocaleString('en-US');
export const ms = (value: number) => (value >= 100 ? `${count(value)} ms` : `${value.toFixed(1)} ms`);
/** Medians hide how much the runs differ. */
export const runs = (values: readonly number[], show: (value: number) => string) =>
  `${show(median(values))}${
    values.length > 1
      ? ` (${values
          .toSorted((one, other) => one - other)
          .map(show)
          .join(', ')})`
      : ' (one run)'
  }`;

const stepsOf = ({ figures }: Result) => (figures as { tried: readonly Outcome[] }).tried;
/** While the last message was not late either. */
const inTime = (result: Result) => Math.max(0, ...stepsOf(result).filter(keepsUp).map(perSecond));

/** Messages a second that all cores together would carry at what one was seen to cost, the generator included. */
const carried = ({ systemMicroseconds, generatorMicroseconds }: Outcome) =>
  ((Number(results[0]?.machine.cores) || 1) * 1e6) / (systemMicroseconds + generatorMicroseconds);

export function most(scenario: string) {
  const never: string[] = [];
  const rows = systems.flatMap(({ name, title }) => {
    const all = of(scenario, name);
    const measured = all.map((result) => bestOf(stepsOf(result)));
    const best = measured.filter((step) => step !== undefined);
    if (best.length === 0) {
      if (measured.length > 0) never.push(title);
      return [];
    }
    const rates = measured.map((step) => (step ? perSecond(step) : 0));
    const processor = median(best.map((step) => step.systemMicroseconds));
    const disturbed = best.map(({ others }) => others as number | undefined);
    const held = all.map(inTime);
    return [{ name, title, rates, rate: median(rates), held, processor, carried: median(best.map(carried)), disturbed }];
  });
  const cluster = rows.find(({ name }) => name === 'cluster');
  const times = (one: number | undefined, other: number) => (one === undefined ? '' : `${(one / other).toFixed(1)} ×`);
  const body = rows.map(({ title, rates, held, processor, carried: ability, disturbed }) => [
    title,
    runs(rates, count),
    runs(held, count),
    disturbed.map((share) => (share === undefined ? 'not noted' : `${share} %`)).join(', '),
    `${count(processor)} µs`,
    count(ability),
    times(cluster?.carried, ability),
  ]);
  const names = [
    'system',
    'per second, at most: median (runs)',
    'the last one less than a second late: median (runs)',
    'others took',
    'processor a message',
    'what two cores carry at that price',
    'the cluster carries',
  ];
  const neverHeld = never.map((title) => [title, 'never held', '', '', '', '', '']);
  return { rows, table: table(names, [...body, ...neverHeld]) };
}

export function latencies(scenario: string) {
  const rows = systems.flatMap(({ name, title }) => {
    const measured = of(scenario, name);
    if (measured.length === 0) return [];
    const keeping = measured.filter(({ figures }) => (figures as { keepsUp: boolean }).keepsUp).length;
    return [
      {
        name,
        title,
        held: keeping === measured.length,
        some: keeping > 0,
        p50: numbers(scenario, name, 'p50'),
        p99: numbers(scenario, name, 'p99'),
        processor: median(numbers(scenario, name, 'systemMicroseconds')),
      },
    ];
  });
  const table = rows.map(({ title, held, some, p50, p99, processor }) =>
    held
      ? `| ${title} | ${runs(p50, ms)} | ${runs(p99, ms)} | ${count(processor)} µs |`
      : `| ${title} | ${some ? 'keeps up in some runs only' : 'keeps up in no run'} | | |`,
  );
  return {
    rows,
    table: [
      '| system | p50: median (runs) | p99: median (runs) | processor a message, system alone |',
      '| --- | --- | --- | --- |',
      ...table,
    ],
  };
}

export function idle() {
  const rows = systems.flatMap(({ name, title }) => {
    const measured = of('idle', name);
    if (measured.length === 0) return [];
    const parts = measured.map(({ figures }) => (figures as { parts: Numbers }).parts);
    const names = [...new Set(parts.flatMap((one) => Object.keys(one)))];
    const told = names
      .map((part) => ({ part, each: median(parts.map((one) => one[part] ?? 0)) }))
      .filter(({ each }) => Math.abs(each) >= 0.2)
      .toSorted((one, other) => other.each - one.each)
      .map(({ part, each }) => `${part} ${each.toFixed(1)}`);
    return [
      {
        name,
        title,
        processes: numbers('idle', name, 'KiB'),
        kernel: numbers('idle', name, 'kernelKiB'),
        resident: median(numbers('idle', name, 'residentMiB')),
        perDevice: median(numbers('idle', name, 'perDevice')),
        told,
      },
    ];
  });
  const kib = (value: number) => value.toFixed(1);
  const table = rows.map(
    ({ title, processes, kernel, resident, perDevice, told }) =>
      `| ${title} | ${runs(processes, kib)} | ${kib(median(kernel))} | ${perDevice} | ${count(resident)} MiB | ${told.join(', ')} |`,
  );
  return {
    rows,
    table: [
      '| system | KiB a connection: median (runs) | of the kernel | connections a device | all of it, with these | KiB a connection by process |',
      '| --- | --- | --- | --- | --- | --- |',
      ...table,
    ],
  };
}

export function table(names: readonly string[], rows: readonly (readonly string[])[]) {
  return [`| ${names.join(' | ')} |`, `| ${names.map(() => '---').join(' | ')} |`, ...rows.map((row) => `| ${row.join(' | ')} |`)];
}
